// Ed25519 keys from PEM files. Says exactly what is wrong with a file that is none. A private key is read, used and forgotten.

import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { CtxspecError } from "../define/index.js";

const MAKE_PRIVATE = "make one: openssl genpkey -algorithm ed25519 -out key.pem";
const MAKE_PUBLIC = "take the public half: openssl pkey -in key.pem -pubout -out key.pub.pem";

function keyFrom(file: string, option: string, hint: string, read: (pem: string) => KeyObject): KeyObject {
  let pem: string;
  try {
    pem = readFileSync(file, "utf8");
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CtxspecError("key-invalid", `${option} names ${file}, which cannot be read: ${why}`, hint, cause);
  }
  let key: KeyObject;
  try {
    key = read(pem);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CtxspecError("key-invalid", `${option} names ${file}, which holds ${heldBy(pem, option)}: ${why}`, hint, cause);
  }
  if (key.asymmetricKeyType === "ed25519") return key;
  throw new CtxspecError(
    "key-invalid",
    `${option} names ${file}, which holds a key of type ${key.asymmetricKeyType}; expected ed25519`,
    hint,
  );
}

function heldBy(pem: string, option: string): string {
  const label = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(pem)?.[1];
  if (label === undefined) return "no key in PEM form";
  if (label === "ENCRYPTED PRIVATE KEY") return "an encrypted key, for which ctxspec has no passphrase";
  if (option === "--sign" && label.includes("PUBLIC")) return "a public key; expected the private one";
  return `a ${label.toLowerCase()} that cannot be used`;
}

/** Throws key-invalid. */
export function signingKey(file: string): KeyObject {
  return keyFrom(file, "--sign", MAKE_PRIVATE, (pem) => createPrivateKey(pem));
}

/** A private key serves as well: its public half is taken. Throws key-invalid. */
export function verifyingKey(file: string): KeyObject {
  return keyFrom(file, "--key", MAKE_PUBLIC, (pem) => createPublicKey(pem));
}

/** The 32 bytes of a key's public half, in hexadecimal digits: what a certificate calls its signer. */
export function signerOf(key: KeyObject): string {
  const half = key.type === "private" ? createPublicKey(key) : key;
  return Buffer.from(half.export({ format: "jwk" }).x ?? "", "base64url").toString("hex");
}

/** Undefined for bytes that are no key. */
export function keyOfSigner(signer: string): KeyObject | undefined {
  try {
    const x = Buffer.from(signer, "hex").toString("base64url");
    return createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  } catch {
    return undefined;
  }
}
