"""Names and addresses in scripts without blanks are found in what others wrote, and nothing beside them."""

from __future__ import annotations

import pytest

from store.erasure.data_subject import NAME, DataSubject, is_named
from store.erasure.scrub import Scrubber


def subject(name: str, address: str = "tanaka@hana.jp") -> DataSubject:
    return DataSubject((2,), "contact", active=True, name=name, addresses=(("email", address),), phones=())


@pytest.mark.parametrize(
    ("name", "text", "clean"),
    [
        ("田中 美咲", "明日は10時です、田中 美咲様。", f"明日は10時です、{NAME}様。"),
        ("田中 美咲", "田中美咲さんへ", f"{NAME}さんへ"),
        ("田中\u3000美咲", "お客様（田中 美咲）", f"お客様（{NAME}）"),
        ("田中美咲", "担当は田中美咲です", f"担当は{NAME}です"),
        ("王小明", "你好王小明，明天见", f"你好{NAME}，明天见"),
        ("김 민수", "김민수님께", f"{NAME}님께"),
        ("林 修", "林 修様", f"{NAME}様"),
        ("Ana Martin", "Ana Martin様", f"{NAME}様"),
        ("Ana Martin", "Ana Martinez writes", "Ana Martinez writes"),
        ("林 修", "林修理店", "林修理店"),
        ("王伟", "王伟大", "王伟大"),
        ("田中 美咲", "田中さんと美咲さん", "田中さんと美咲さん"),
    ],
)
def test_a_name_is_taken_out_whatever_stands_beside_it(name: str, text: str, clean: str) -> None:
    assert Scrubber(subject(name)).text(text) == clean


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("tanaka@hana.jpまでどうぞ", True),
        ("宛先はtanaka@hana.jp。", True),
        ("mail tanaka@hana.jp.", True),
        ("otanaka@hana.jp", False),
        ("tanaka@hana.jp.example", False),
        ("x-tanaka@hana.jp", False),
    ],
)
def test_an_address_is_found_without_a_blank_beside_it(text: str, named: bool) -> None:
    assert is_named(subject("田中 美咲"), text) is named
    assert (Scrubber(subject("")).text(text) != text) is named
