"""Stop words: words that say nothing of the matter, in the eight languages, lower case and without accents."""

from __future__ import annotations

_ENGLISH = """
a able about after again all also always am an and another any anybody anyone anything are as at away back
be because become becomes been before being between but by can cannot could did do does doing don done down
during each either else ever every everybody everyone everything few for from further gave get gets getting
give given go goes going gone got had happen happened happens has have having he hello help her here hers hi
him his how however i if in instead into is isn issue issues it its itself just keep know let lets like ll
look looking looks made make makes making many may me might mine more most much must my myself need needs
neither never no nobody nor not nothing now of off often on once one only onto or other others ought our
ours out over own please possible problem problems question questions quite rather re really s same say see
seem seems several shall she should since so some somebody someone something somewhere still such t tell
than thank thanks that the their them themselves then there these they thing things think this those though
through to together told too toward try trying tried under unless until up upon us use used uses using usual
usually ve very via want wants was way we well went were what whatever when whenever where wherever whether
which while who whole whom whose why will with within without won would yet you your yours yourself already
anymore asap best case day days dear good great kind morning new old regards support team ticket today
tomorrow urgent week yesterday
"""
_GERMAN = """
aber alle allen alles als also am an andere anderen auch auf aus bei beim bereits bin bis bitte bleibt
braucht brauche bzw da dabei damit danke dann das dass dem den denn der des deshalb die dies diese diesem
diesen dieser dieses doch dort du durch ein eine einem einen einer eines einfach er es etwas euch euer eure
fur frage ganz geben geht gibt gleich grusse habe haben hallo hat hatte hilfe hier ich ihm ihn ihr ihre im
immer in ins ist ja jede jeden jeder jedes jemand jetzt kann kein keine keinen keiner kommt konnen konnte
lasst leider lauft machen macht man mein meine meinem meinen meiner mehr mich mir mit mochte muss mussen
nach neben nein nicht nichts noch nun nur ob oder ohne problem schon sehr sein seine seit selber selbst sich
sicher sie sind so soll sollen sollte sondern statt tun uber um und uns unser unsere unter viel viele vom
von vor vorher war waren warum was wegen weil welche welchem welchen welcher welches wenn wer werden weiter
wie wieder will wir wird wo wurde wurden zu zum zur zwischen
"""
_FRENCH = """
ai aide alors apres au aucun aussi autre autres aux avant avec avez avoir avons bien bonjour ca car ce cela
celle celui ces cet cette chaque chez comme comment dans de deja depuis des dois doit donc du elle elles en
encore entre est et etait etant etes etre eu fait faire faut ici il ils je jamais la le les leur leurs
lorsque lui ma mais me mes merci mon ne ni nos notre nous on ont ou par parce pas pendant peu peut peuvent
peux plus plusieurs pour pourquoi pouvez pouvoir probleme puis qu quand que quel quelle quelles quels qui
quoi sa sans se sera ses si son sont sous suis sur ta te tes toujours tous tout toute toutes tres trop tu un
une unes vers veux voici voila voudrais vos votre vous
"""
_SPANISH = """
ahora al algo algun alguien alguna algunos ante aqui asi aun aunque ayuda bien cada como con cosa cual
cuales cuando de del desde donde dos el ella ellos en entonces entre era eran eres es esa ese eso esta
estaba estan estar estas este esto estos favor fue fueron gracias ha haber hace hacer hacia han hasta hay
hola la las le les lo los mas me mi mientras mio mis mucho muy nada ni no nos nosotros nuestra nuestro o
otra otro otros para pero poco poder podemos por porque problema puede pueden puedo que quien quiero se sea
ser si siempre sin sobre solo somos son soy su sus tambien tan te tengo tener tiene tienen toda todas todo
todos tu tus un una unas uno unos usted ustedes y ya yo
"""
_ITALIAN = """
aiuto al alla alle allo anche ancora anzi avere c capita che chi ci ciao cio cioe come con cosa cosi cui da
dal dalla dalle dei del della delle dello di dopo dove due e ecco ed essere fa fare fino fra gia gli grazie
ha hai hanno ho i il in io la le lei li lo loro lui ma mai me mentre mi mia miei mio molto ne nei nel nella
nelle no noi non nostra nostro ogni oppure ora per perche piu poco poi possiamo posso problema puo pur qual
quale quali qualche quando quanto quel quella quello questa queste questi questo qui se sei sempre senza si
sia siamo sono sta stato su sua sul sulla suo sui tra troppo tu tutte tutti tutto un una uno va vi voglio
vorrei vostra vostro
"""
_PORTUGUESE = """
agora ainda ajuda algo alguem algum alguma ao aos apenas aquela aquele aquilo as ate bem cada com como da
das de dela dele depois desde deve do dois dos e ela elas ele eles em entao entre era essa esse esta estamos
estao estar estas estava este estou eu faz fazer foi foram ha isso isto ja la lhe mais mas me mesmo meu meus
minha minhas muito na nao nas nem nenhum no nos nossa nosso num numa o obrigada obrigado ola onde os ou
outra outro para pela pelo pode podem podemos por porque posso pouco problema qual quando quanto que quem
quero se seja sem sempre ser seu seus si so sobre sou sua suas tambem tao te tem temos tenho ter tinha toda
todas todo todos tua tudo um uma umas uns vai voce voces vos
"""
_POLISH = """
mojego mojej moich moim swojego wyglada aby albo ale ani az bardzo bez bo bede bedzie byc byl byla bylo bym
chce chcialbym ci co cos czy dla dlaczego do dobry dzien dzieki dziekuje gdy gdzie go i ich ile im inne inny
ja jak jaka jakie jako je jego jej jest jestem jesli jeszcze juz kazdy kiedy kogo kto ktora ktore ktory lub
ma maja mam mamy mi mnie moge moja moje moj moze mozna musi my na nad nam nas nasz nasza nic nie niech nim
niz o od on ona one oni oraz pan pani po pod poniewaz pomoc prosze problem przed przez przy roku sa sie
sobie sposob sposobu swoj ta tak tam te tego tej ten to tu tutaj twoj ty tylko tym u w wam was we wiec witam
wlasnie wszystkie wszystko wy z za ze zeby znow
"""
_JAPANESE = "場合 方 方法 時 事 物 為 中 何 私 今 教 願 問題 質問 可能 必要"
"""Han characters, alone and in pairs. What stands in hiragana is grammar, and is no stem anyway."""
STOP_WORDS = frozenset(
    " ".join((_ENGLISH, _GERMAN, _FRENCH, _SPANISH, _ITALIAN, _PORTUGUESE, _POLISH, _JAPANESE)).split()
)
