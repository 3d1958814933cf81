"""Field names, and words for priorities, as people write them in seventeen languages; all in lower case."""

from __future__ import annotations

_PRIORITY = (
    "priority", "urgency", "severity", "priorité", "urgence", "priorität", "dringlichkeit", "prioridad", "urgencia",
    "priorità", "urgenza", "prioridade", "urgência", "prioriteit", "priorytet", "prioritet", "prioriteetti",
    "priorita", "приоритет", "срочность", "优先级", "優先度", "優先順位", "우선순위",
)  # fmt: skip
_TYPE = (
    "type", "request type", "typ", "art", "tipo", "soort", "rodzaj", "tyyppi", "тип", "类型", "種類", "種別", "유형",
)  # fmt: skip
_CATEGORY = (
    "category", "catégorie", "kategorie", "categoría", "categoria", "categorie", "kategoria", "kategori", "luokka",
    "категория", "类别", "カテゴリ", "カテゴリー", "카테고리", "분류",
)  # fmt: skip
_FEATURE = (
    "feature", "feature impacted", "impacted feature", "affected feature", "fonctionnalité", "funktion",
    "funktionalität", "función", "funcionalidad", "funzione", "funzionalità", "funcionalidade", "functie",
    "functionaliteit", "funkcja", "funktionalitet", "funksjon", "toiminto", "funkce", "функция", "功能", "機能", "기능",
)  # fmt: skip
FIELDS = {
    **dict.fromkeys(_PRIORITY, "priority"),
    **dict.fromkeys(_TYPE, "type"),
    **dict.fromkeys(_CATEGORY, "category"),
    **dict.fromkeys(_FEATURE, "feature"),
}
"""A word before the colon → the field."""
LEVELS = {
    "Blocker": (
        "blocking", "blocker", "bloquant", "blockierend", "bloqueante", "bloccante", "blokkerend", "blokujący",
        "blockerande", "blokerende", "estävä", "blokující", "блокер", "блокирующий", "阻塞", "緊急", "긴급", "p1",
    ),
    "Critical": (
        "high", "urgent", "critique", "haute", "élevée", "kritisch", "hoch", "alta", "alto", "urgente", "crítica",
        "crítico", "critica", "critico", "hoog", "kritiek", "wysoki", "krytyczny", "hög", "kritisk", "høj", "høy",
        "korkea", "kriittinen", "vysoká", "kritická", "высокий", "критический", "高", "紧急", "重大", "높음", "p2",
    ),
    "Medium": (
        "normal", "moyenne", "mittel", "media", "medio", "média", "médio", "gemiddeld", "normaal", "średni", "medel",
        "middel", "middels", "keskitaso", "normaali", "střední", "средний", "обычный", "中", "보통", "p3",
    ),
    "Low": (
        "minor", "basse", "faible", "niedrig", "gering", "baja", "bajo", "bassa", "basso", "baixa", "baixo", "laag",
        "niski", "låg", "lav", "matala", "nízká", "низкий", "低", "낮음", "p4",
    ),
}  # fmt: skip
"""A priority of the usual list → what else it is called."""
