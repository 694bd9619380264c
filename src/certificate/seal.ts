// Closes a certificate: digests of its parts, of the whole, and a signature if there is a key. The text it makes is the only one that counts
// as that certificate, byte for byte.

import { type KeyObject, sign } from "node:crypto";
import { CERTIFICATE_FORMAT, type Certificate, type CertificateBody, type Sealed } from "../define/index.js";
import { certificateSchema } from "../define/schemas.js";
import { canonicalJson, digestOf } from "./canonical.js";
import { signerOf } from "./keys.js";

/** What the digest of the whole is over. */
export function wholeDigest({ body, format }: Pick<Sealed, "body" | "format">): string {
  return digestOf({ body, format });
}

/** What is signed. */
export function signedBytes({ body, digests, format, sha256: whole }: Sealed): Buffer {
  return Buffer.from(canonicalJson({ body, digests, format, sha256: whole }));
}

export function digestsOf(body: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(body).map(([name, part]) => [name, digestOf(part)]));
}

/** One member a line, each in canonical form: a change shows in its own line. */
export function certificateText({ body, digests, format, sha256: whole, signature }: Sealed): string {
  const members = [
    `"format":${JSON.stringify(format)}`,
    `"body":${canonicalJson(body)}`,
    `"digests":${canonicalJson(digests)}`,
    `"sha256":${JSON.stringify(whole)}`,
    ...(signature === undefined ? [] : [`"signature":${canonicalJson(signature)}`]),
  ];
  return `{\n${members.join(",\n")}\n}\n`;
}

/** The certificate as it is written. */
export function sealed(said: Omit<CertificateBody, "signer">, key: KeyObject | undefined): Certificate {
  const signer = key === undefined ? {} : { signer: signerOf(key) };
  const body = JSON.parse(canonicalJson({ ...said, ...signer })) as CertificateBody;
  const format = CERTIFICATE_FORMAT;
  const unsigned: Certificate = { format, body, digests: digestsOf(body), sha256: wholeDigest({ body, format }) };
  certificateSchema.parse(unsigned);
  if (key === undefined) return unsigned;
  const value = sign(null, signedBytes(unsigned), key).toString("hex");
  return { ...unsigned, signature: { algorithm: "ed25519", value } };
}
