"""What customers see of a page: its title as its authors meant it, in Markdown and in HTML, and its words."""

from __future__ import annotations

import pytest

from bot.articles.article import UnfitArticle
from bot.articles.source import read_bytes
from tests.articles.test_articles import read

CODE = "```sh\n# install it\npip install acme\n```\n\n"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"{CODE}# Set up the agent\n\nWords.", "Set up the agent"),
        (f"    # also code\n\n{CODE}Set up the agent\n================\n\nWords.", "Set up the agent"),
        ("---\ntitle: >-\n  Set up\n  the agent\n---\nWords.", "Set up the agent"),
        ("---\ntitle: |\n  Set up the agent\n---\nWords.", "Set up the agent"),
        ("---\ntitle: 'It''s \"set up\"' # a remark\n---\nWords.", 'It\'s "set up"'),
        ("---\ntitle: 2026-10-01\n---\nWords of that day.", "2026-10-01"),
        (
            "---\nlayout: page\ndescription: How.\n---\n\n# Set *up* the `agent` ##\n\nWords.",
            "Set up the agent",
        ),
        ("# Set up [the agent](https://docs.acme.com/(x)) <small></small>\n\nWords.", "Set up the agent"),
        ("# Set up the agent {#set-up}\n\nWords.", "Set up the agent"),
        ("# C\\# and F\\*\n\nWords.", "C# and F*"),
        ("<!-- # Old title -->\n\n# Set up the agent\n\nWords.", "Set up the agent"),
        ("Words first.\n\n## Set up the agent\n\n### More", "Set up the agent"),
        ('<h1 align="center">Set up <b>the agent</b></h1>\n\nWords.', "Set up the agent"),
        ("> # Quoted\n\n# Set up the agent\n\nWords.", "Set up the agent"),
    ],
)
def test_a_page_of_markdown_is_called_as_its_authors_call_it(text: str, title: str) -> None:
    assert read(text).title == title


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ('<h1>Set up<a class="headerlink" href="#x">¶</a></h1>', "Set up"),
        ('<h1><a class="anchor" href="#x">#</a>Set up</h1>', "Set up"),
        ("<h1>5.3. Set up</h1>", "Set up"),
        ("<h1>B.4.1.\u00a0Set up</h1>", "Set up"),
        ("<h1>2.1 Set up</h1>", "2.1 Set up"),
        ("<h1>2. Mahnung</h1>", "2. Mahnung"),
    ],
)
def test_a_page_of_html_is_called_without_what_its_maker_put_beside_the_title(
    heading: str, title: str
) -> None:
    assert read(f"<title>Other</title><main>{heading}<p>Words.</main>", marked=False).title == title


def test_neighbours_names_and_tables_of_contents_are_none_of_a_pages_words() -> None:
    page = """<title>Set up</title><body><div class="navheader">Install Prev</div><div class="toc">Remove Reset</div>
    <p>Words.</p><h2>On a Mac<a class="headerlink" href="#m">#</a></h2><p>More.</p><div class="navfooter">Next</div>"""
    draft = read(page, marked=False)
    assert (draft.text.split(), draft.headings) == (["Words.", "On", "a", "Mac", "More."], "On a Mac")


def test_the_text_is_what_people_read_and_its_sections_are_known() -> None:
    draft = read(
        "# T\n\nSee [the guide](https://x.example/hidden) and ![a plan](p.png).\n\n## On a *Mac*\n\n"
        "<video src='film.mp4' class='wide'></video>\n\n"
        "- one\n- two\n\n| A | B |\n|---|---|\n| c | d |\n\n```sh\n# keep\n```\n"
    )
    assert draft.headings == "On a Mac"
    assert "See the guide and a plan." in draft.text
    assert "## On a Mac" in draft.text
    assert "# keep" in draft.text
    assert not {"hidden", "film", "wide", "png"} & set(draft.stems.body.split())
    assert {"one", "two"} <= set(draft.text.split())


def test_a_page_may_begin_with_a_line_across_it() -> None:
    draft = read("---\n\n# Set up\n\nWords.\n")
    assert (draft.title, draft.text) == ("Set up", "Words.")


def test_the_lines_below_a_title_are_facts_and_the_rest_of_their_paragraph_is_text() -> None:
    draft = read("# T\nkeywords: CPM, bid\ntags: x\nThe least: nothing.\n")
    assert (draft.keywords, draft.text) == ("CPM, bid", "The least: nothing.")


@pytest.mark.parametrize(
    ("front", "why"),
    [
        ("title: a: b: c", r"its front matter is not valid YAML \(line 3"),
        ("title: [a", "its front matter is not valid YAML"),
        ("title: " + "[" * 5_000, "its front matter is "),
    ],
)
def test_front_matter_that_is_none_is_named_and_no_draft_gets_out_by_it(front: str, why: str) -> None:
    with pytest.raises(UnfitArticle, match=why):
        read_bytes(f"---\ndraft: true\n{front}\n---\n# T\n\nWords.".encode(), marked=True)


def test_front_matter_grows_by_no_alias() -> None:
    grown = "a0: &a0 [x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 60)
    )
    assert read(f"---\n{grown}tags: *a59\ntitle: T\n---\nWords.").keywords == ""
