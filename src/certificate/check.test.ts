import { generateKeyPairSync } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import type { Certificate } from "../define/index.js";
import { canonicalJson } from "./canonical.js";
import { calmCertificate } from "./certificate.fixture.js";
import { type Checked, checkCertificate } from "./check.js";
import { signerOf } from "./keys.js";
import { certificateText, digestsOf, sealed, wholeDigest } from "./seal.js";

const mine = generateKeyPairSync("ed25519");
const other = generateKeyPairSync("ed25519");

let plain: Certificate;
let signed: Certificate;
beforeAll(async () => {
  plain = await calmCertificate();
  signed = await calmCertificate(mine.privateKey);
});

const check = (text: string | Buffer, key?: typeof mine.publicKey): Checked => checkCertificate(Buffer.from(text), "c.json", key);
/** What the check says, whether as an error or as a list of changes. */
function complaint(bytes: Buffer): string {
  try {
    return check(bytes).changes.join("; ");
  } catch (thrown) {
    const { code, exitCode, message } = thrown as { code?: string; exitCode?: number; message: string };
    expect(["certificate-invalid", "certificate-newer"]).toContain(code);
    expect(exitCode).toBe(2);
    return message;
  }
}

describe("a certificate as it was written", () => {
  it("holds, signed or not", () => {
    expect(check(certificateText(plain))).toEqual({ certificate: plain, changes: [], signature: "unsigned" });
    expect(check(certificateText(signed))).toEqual({ certificate: signed, changes: [], signature: "unknown" });
    expect(check(certificateText(signed), mine.publicKey)).toMatchObject({ changes: [], signature: "trusted" });
    expect(signed.body.signer).toBe(signerOf(mine.publicKey));
  });

  it("is in canonical form, one member a line", () => {
    const lines = certificateText(signed).split("\n");
    expect(lines.map((line) => line.slice(0, 9))).toEqual([
      "{",
      '"format":',
      '"body":{"',
      '"digests"',
      '"sha256":',
      '"signatur',
      "}",
      "",
    ]);
    const body = lines[2]?.slice('"body":'.length, -1) ?? "";
    expect(body).toBe(canonicalJson(JSON.parse(body)));
  });
});

describe("a changed byte", () => {
  it.each([
    ["signed", () => certificateText(signed)],
    ["unsigned", () => certificateText(plain)],
  ])("anywhere in a %s certificate shows, and is said", (_name, textOf) => {
    const bytes = Buffer.from(textOf());
    const silent: number[] = [];
    for (let at = 0; at < bytes.length; at++) {
      for (const flip of at % 3 === 0 ? [0x01, 0x20] : [0x01]) {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ flip;
        if (complaint(changed) === "") silent.push(at);
      }
    }
    expect(silent).toEqual([]);
  });

  it.each([
    ["a part of the body", '"seed":1', '"seed":2', "body.run was changed"],
    ["a verdict", '"verdict":"passed"', '"verdict":"excused"', "body.clauses was changed"],
    ["a part's name", '"failureRate":', '"failureRats":', "body.failureRats was put in"],
    ["a digest of a part", '"digests":{"clauses":"', '"digests":{"clauses":"0', "digests.clauses was changed: the part itself"],
    ["the digest of the whole", '"sha256":"', '"sha256":"0', "sha256 was changed: every part"],
    ["the signature", /"value":"../, '"value":"00', "signature does not fit"],
    ["the space between members", '"body":{', '"body": {', "spaces, the order of members"],
    ["the order of members", /\{("algorithm":[^,]*),("value":[^}]*)\}/, "{$2,$1}", "the order of members"],
    ["the way a number is written", '"cases":20', '"cases":2e1', "the way a value is written were changed in line 3"],
    [
      "the way a text is written",
      '"preset":"custom"',
      '"preset":"\\u0063ustom"',
      "the way a value is written were changed in line 3",
    ],
    ["a member that is there twice", '"body":{', '"body":{"issuedAt":"2020",', "spaces, the order of members"],
  ])("in %s is named", (_what, from, to, said) => {
    const text = certificateText(signed);
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    expect(complaint(Buffer.from(changed))).toContain(said);
  });

  it.each([
    ["a line end too many", (text: string) => `${text}\n`, "the text after the JSON was changed: 1 bytes too many"],
    ["no line end", (text: string) => text.trimEnd(), "the text after the JSON was changed: expected one line end"],
    ["another text", (text: string) => `${text}{}`, "there is text after the JSON"],
    ["other line ends", (text: string) => text.replaceAll("\n", "\r\n"), "line ends were changed"],
    ["a byte order mark", (text: string) => `\uFEFF${text}`, "expected JSON"],
    ["a space in front", (text: string) => ` ${text}`, "in line 1, at byte 0"],
  ])("around the JSON is named: %s", (_what, change, said) => {
    expect(complaint(Buffer.from(change(certificateText(plain))))).toContain(said);
  });

  it("that is no UTF-8 is named", () => {
    const bytes = Buffer.from(certificateText(plain));
    bytes[200] = 0xff;
    expect(complaint(bytes)).toContain("expected UTF-8 text");
  });
});

describe("a signature", () => {
  it("of another key is refused", () => {
    const checked = check(certificateText(signed), other.publicKey);
    expect(checked).toMatchObject({ signature: "wrong", changes: [expect.stringContaining("signed by another key: expected")] });
    expect(checked.certificate).toBeUndefined();
  });

  it("is missed where --key asks for one, and where the body names a signer", () => {
    expect(check(certificateText(plain), mine.publicKey).changes).toEqual(["it is not signed, but --key asks for a signature"]);
    const { signature: _gone, ...rest } = signed;
    expect(check(certificateText(rest)).changes).toEqual(["signature was taken out: the body names a signer"]);
  });

  it("is refused over a body that was changed and closed again", () => {
    const { signer: _signer, ...said } = signed.body;
    const forged = sealed({ ...said, run: { ...said.run, seed: 7 } }, other.privateKey);
    const text = certificateText({ ...forged, ...(signed.signature === undefined ? {} : { signature: signed.signature }) });
    expect(check(text).changes).toEqual(["signature does not fit: it, or what is signed, was changed"]);
    expect(check(certificateText(forged), mine.publicKey).changes[0]).toContain("signed by another key");
  });

  it("put beside a body that names no signer is refused", () => {
    const text = certificateText({ ...plain, ...(signed.signature === undefined ? {} : { signature: signed.signature }) });
    expect(check(text).changes).toEqual(["signature was put in: the body names no signer"]);
  });
});

describe("a file that is no certificate", () => {
  it.each([
    ["other JSON", "[1]", "certificate-invalid", "found no format"],
    ["a report", '{"format":"ctxspec-report/1"}', "certificate-invalid", "is a report, not a certificate"],
    ["a newer format", '{"format":"ctxspec-certificate/2"}', "certificate-newer", "this ctxspec knows ctxspec-certificate/1"],
    ["no JSON", "certified!", "certificate-invalid", "expected JSON"],
    ["an empty file", "", "certificate-invalid", "expected JSON"],
    ["a certificate without its parts", '{"format":"ctxspec-certificate/1"}', "certificate-invalid", "at digests"],
  ])("%s is an error", (_name, text, code, message) => {
    expect(() => check(text)).toThrow(expect.objectContaining({ code, exitCode: 2, message: expect.stringContaining(message) }));
  });

  it("nothing but a conforming run is sealed, and what others seal is looked at, too", () => {
    const body = { ...plain.body, verdict: "violates" };
    expect(() => sealed(body as unknown as Certificate["body"], undefined)).toThrow("verdict");
    const { format } = plain;
    const text = certificateText({ format, body, digests: digestsOf(body), sha256: wholeDigest({ body, format }) });
    expect(() => check(text)).toThrow(
      expect.objectContaining({ code: "certificate-invalid", message: expect.stringContaining("at body.verdict") }),
    );
  });
});
