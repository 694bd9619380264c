import { generateKeyPairSync } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { dirSync } from "tmp-promise";
import { afterAll, describe, expect, it } from "vitest";
import { keyOfSigner, signerOf, signingKey, verifyingKey } from "./keys.js";

const folder = dirSync({ unsafeCleanup: true }).name;
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, text: string): string => {
  writeFileSync(path.join(folder, name), text);
  return path.join(folder, name);
};
const pair = generateKeyPairSync("ed25519");
const privatePem = pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const publicPem = pair.publicKey.export({ type: "spki", format: "pem" }).toString();

describe("keys", () => {
  it("are read from PEM files, and a signer is its public key", () => {
    const signer = signerOf(signingKey(file("private.pem", privatePem)));
    expect(signer).toMatch(/^[0-9a-f]{64}$/);
    expect(signerOf(verifyingKey(file("public.pem", publicPem)))).toBe(signer);
    expect(signerOf(verifyingKey(file("private.pem", privatePem)))).toBe(signer);
    const rebuilt = keyOfSigner(signer);
    expect(rebuilt?.export({ type: "spki", format: "pem" })).toBe(publicPem);
  });

  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const locked = pair.privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" }).toString();
  it.each([
    ["a public key", publicPem, "a public key; expected the private one"],
    ["an encrypted key", locked, "for which ctxspec has no passphrase"],
    ["an RSA key", rsa.privateKey.export({ type: "pkcs8", format: "pem" }).toString(), "a key of type rsa; expected ed25519"],
    ["no key", "hello", "no key in PEM form"],
    ["half a key", privatePem.slice(0, 60), "cannot be used"],
  ])("%s cannot sign", (_name, text, message) => {
    expect(() => signingKey(file("k.pem", text))).toThrow(
      expect.objectContaining({ code: "key-invalid", exitCode: 2, message: expect.stringContaining(message) }),
    );
  });

  it("an RSA key and a missing file verify nothing", () => {
    const pem = rsa.publicKey.export({ type: "spki", format: "pem" }).toString();
    expect(() => verifyingKey(file("rsa.pem", pem))).toThrow(expect.objectContaining({ code: "key-invalid" }));
    expect(() => verifyingKey(path.join(folder, "none.pem"))).toThrow(
      expect.objectContaining({ code: "key-invalid", message: expect.stringContaining("--key names") }),
    );
  });
});
