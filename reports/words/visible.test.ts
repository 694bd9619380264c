import { describe, expect, it } from "vitest";
import { cutText, oneLine, visible } from "../../src/draw/visible.js";
import { fileOf } from "./engine-file.js";
import { xmlAttribute, xmlText } from "./xml.js";

describe("visible", () => {
  it("shows what cannot be seen and leaves all else alone", () => {
    expect(visible("a\u0000b\u202ec\ud800d\ufeff")).toBe("a⟨U+0000⟩b⟨U+202E⟩c⟨U+D800⟩d⟨U+FEFF⟩");
    expect(visible("tab\tline\r\nשלום 日本 😀")).toBe("tab\tline\nשלום 日本 😀");
  });

  it("cuts and says so", () => {
    expect(cutText("abcdef", 3)).toBe("abc… (cut: 6 characters in all)");
    expect(oneLine(" a \n b ", 10)).toBe("a b");
    expect(oneLine("abcdefgh", 4)).toBe("abc…");
  });

  it("makes XML of anything", () => {
    expect(xmlText("<a>&\u0007]]>")).toBe("&lt;a&gt;&amp;⟨U+0007⟩]]&gt;");
    expect(xmlAttribute(`"\n'`)).toBe("&quot;&#10;&#39;");
  });
});

describe("fileOf", () => {
  it.each([
    ["./engine/mine.ts", "engine/mine.ts"],
    ["engine/mine.mjs", "engine/mine.mjs"],
    ["@scope/package", undefined],
    ["reference", undefined],
    ["../outside.ts", undefined],
    ["/root/abs.ts", undefined],
    ["./a/../../b.ts", undefined],
  ])("%s is %s", (source, file) => expect(fileOf(source)).toBe(file));
});
