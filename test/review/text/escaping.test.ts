import assert from "node:assert/strict";
import {
  type Block,
  code,
  folded,
  isAddress,
  list,
  paragraph,
  strong,
  table,
} from "../../../lib/review/text/document";
import { documentHtml } from "../../../lib/review/text/document-html";
import { html } from "../../../lib/review/text/html";
import { markdown } from "../../../lib/review/text/markdown";

/** What people may write into tags, titles and commit messages. */
const attacks = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "</summary></details><h1>approved</h1>",
  "[click](javascript:alert(1))",
  "![x](https://evil.example/pixel.png)",
  "| a | b |",
  "`code` **bold** _it_ ~~gone~~",
  "@everyone #1 org/repo#2 GH-3",
  "https://evil.example www.evil.example",
  "<!-- slipway: release comment -->",
  "line\nbreak\r\n\r\n# heading\n---",
  "&lt;b&gt; &#60;b&#62;",
  "- item\n1. item\n> quote",
  "\u001b[31mred\u0007",
  "a\\|b|c\\",
  "$(rm -rf /) `` ``` ````",
  'a" onmouseover="alert(1)',
] as const;

const everywhere = (text: string): readonly Block[] => [
  paragraph(text),
  paragraph(strong(text), code(text), { link: "https://example.org", text }),
  ...list([text]),
  ...table(["A", "B"], [[text, code(text)]]),
  ...folded([text, code(text)], [paragraph(text)]),
];

describe("a document of other people's texts", () => {
  for (const attack of attacks) {
    it(`is Markdown in which ${JSON.stringify(attack)} begins nothing`, () => {
      const text = markdown(everywhere(attack));
      const outside = text.replaceAll(/(`+)(?:(?!`)[^\n]|(?!\1(?!`))`)+\1/g, "");
      const own = /<\/?(?:details|summary|b|code)>|<https:\/\/example\.org>/g;
      assert.doesNotMatch(outside.replaceAll(own, ""), /<[a-z!/]/i, "a tag");
      assert.doesNotMatch(outside.replaceAll(/\\[^\n]/g, ""), /\]\((?!<https:\/\/example\.org>)/, "a link");
      assert.doesNotMatch(outside, /(?:@|(?<!&)#)(?=\w)/, "a mention or a reference");
      assert.doesNotMatch(
        outside.replaceAll(own, "").replaceAll("<https://example.org>", ""),
        /https?:\/\/(?!example\.org)|\bwww\./,
        "an address",
      );
      assert.equal(
        text.split("\n").filter((line) => line.startsWith("| ")).length,
        3,
        "a table of three lines",
      );
      assert.equal(outside.match(/<\/?details>/g)?.length, 2);
      assert.doesNotMatch(text, /[^\P{Cc}\n]/u, "a control character");
      for (const line of text.split("\n").filter((one) => one.startsWith("| ")))
        assert.equal(line.replaceAll(/\\[\\|]/g, "").match(/\|/g)?.length, 3, `cells of ${line}`);
    });

    it(`is HTML in which ${JSON.stringify(attack)} is only text`, () => {
      const text = documentHtml(everywhere(attack)).toString();
      const tags = [...text.matchAll(/<\/?([a-z0-9]+)/gi)].map(([, name]) => name);
      const known = [
        "p",
        "strong",
        "code",
        "a",
        "ul",
        "li",
        "div",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "details",
        "summary",
      ];
      assert.deepEqual(
        tags.filter((name) => !known.includes(name ?? "")),
        [],
      );
      assert.doesNotMatch(html`<i title="${attack}"></i>`.toString(), /" onmouseover/);
    });
  }

  it("links to http(s) addresses and paths of its own alone", () => {
    for (const good of ["https://example.org/a?b=c#d", "releases/prod/one.html", "#system-a"])
      assert.ok(isAddress(good), good);
    for (const bad of [
      "javascript:alert(1)",
      "data:text/html,x",
      "//evil.example",
      "https://a b",
      'https://a"b',
      "https://a>b",
      "JAVASCRIPT:x",
    ])
      assert.ok(!isAddress(bad), bad);
  });
});
