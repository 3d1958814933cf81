"""Free-mail domains: anybody may have an address there, so that none of them is ever an account's."""

from __future__ import annotations

_WRITTEN = """
126.com 139.com 163.com 188.com 21cn.com aim.com alice.it aliceadsl.fr aliyun.com aol.co.uk aol.com aol.de aol.fr
arcor.de att.net bell.net bellsouth.net bigpond.com bigpond.net.au blueyonder.co.uk bluewin.ch bol.com.br
btinternet.com btopenworld.com centrum.cz charter.net chello.at club-internet.fr comcast.net cox.net daum.net
docomo.ne.jp duck.com earthlink.net email.com email.cz email.de email.it eresmas.com euskalnet.net excite.co.jp
excite.com ezweb.ne.jp fastmail.com fastmail.fm fibertel.com.ar foxmail.com free.fr freemail.hu freenet.de
freeserve.co.uk frontier.com gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.fr gmx.info gmx.net googlemail.com
hanmail.net hey.com home.nl hotmail.be hotmail.ca hotmail.ch hotmail.co.jp hotmail.co.uk hotmail.com
hotmail.com.ar hotmail.com.br hotmail.de hotmail.es hotmail.fr hotmail.it hotmail.nl hotmail.se hush.com
hushmail.com i.softbank.jp i.ua icloud.com ig.com.br inbox.com inbox.lv inbox.ru inode.at interia.eu interia.pl
inwind.it juno.com kolumbus.fi kpnmail.nl laposte.net libero.it list.ru live.be live.ca live.co.uk live.com
live.com.au live.com.mx live.de live.dk live.fr live.it live.jp live.nl live.no live.se lycos.com mac.com
mail.bg mail.com mail.de mail.ee mail.ru mailbox.org mail2world.com me.com mindspring.com msn.com nate.com
naver.com netcabo.pt netscape.net neuf.fr nifty.com ntlworld.com numericable.fr o2.pl ocn.ne.jp online.de
online.no onet.eu onet.pl op.pl optonline.net optusnet.com.au orange.fr outlook.at outlook.be outlook.co.uk
outlook.com outlook.com.au outlook.com.br outlook.de outlook.dk outlook.es outlook.fr outlook.in outlook.it
outlook.jp outlook.pt passport.com planet.nl pm.me pochta.ru post.cz poste.it posteo.de posteo.net privat.dk
proton.me protonmail.ch protonmail.com qq.com r7.com rambler.ru rediffmail.com roadrunner.com rocketmail.com
rogers.com runbox.com sapo.pt sbcglobal.net seznam.cz sfr.fr shaw.ca sina.cn sina.com skynet.be sky.com
sohu.com softbank.ne.jp sympatico.ca t-online.de tele2.nl telenet.be telfort.nl telia.com telus.net terra.com.br
terra.es tim.it tin.it tiscali.it tuta.com tuta.io tutanota.com tutanota.de ukr.net uol.com.br verizon.net
videotron.ca vip.qq.com virgilio.it virgin.net virginmedia.com voila.fr vodafone.it vodafone.nl vodafonemail.de
walla.co.il wanadoo.es wanadoo.fr web.de windstream.net wp.pl xs4all.nl xtra.co.nz ya.ru yahoo.ca yahoo.cn
yahoo.co.id yahoo.co.in yahoo.co.jp yahoo.co.kr yahoo.co.nz yahoo.co.th yahoo.co.uk yahoo.com yahoo.com.ar
yahoo.com.au yahoo.com.br yahoo.com.cn yahoo.com.hk yahoo.com.mx yahoo.com.ph yahoo.com.sg yahoo.com.tr
yahoo.com.tw yahoo.com.vn yahoo.de yahoo.dk yahoo.es yahoo.fr yahoo.gr yahoo.ie yahoo.in yahoo.it yahoo.no
yahoo.pl yahoo.se yandex.by yandex.com yandex.kz yandex.ru yandex.ua yeah.net ymail.com zeelandnet.nl ziggo.nl
zoho.com zohomail.com zonnet.nl
"""
FREE_MAIL = frozenset(_WRITTEN.split())
"""In lower case; matched whole, never as a part of a longer domain."""
