// Is a text a certificate, whole and unchanged, and signed by whom it should be? Looks at nothing but the text and the key. A text that is no
// certificate at all is an error; one that was changed is described, part by part.

import { type KeyObject, verify } from "node:crypto";
import { expectFormat, type FileKind, issueText } from "../define/formats.js";
import { CERTIFICATE_FORMAT, type Certificate, CtxspecError, type Sealed } from "../define/index.js";
import { certificateSchema, sealedSchema } from "../define/schemas.js";
import { keyOfSigner, signerOf } from "./keys.js";
import { certificateText, digestsOf, signedBytes, wholeDigest } from "./seal.js";

export interface Checked {
  /** Absent when anything was changed. */
  certificate?: Certificate;
  /** What is wrong, one sentence each; empty: nothing. */
  changes: string[];
  /** unsigned: nobody vouches for it. unknown: a signature that fits, of a key nobody said to trust. trusted: of the key that was given. */
  signature: "unsigned" | "unknown" | "trusted" | "wrong";
}

const TRY = "give a file that certify --certificate has written, as it was written";

function invalid(where: string, message: string, cause?: unknown): CtxspecError {
  return new CtxspecError("certificate-invalid", `${where} ${message}`, TRY, cause);
}

function decoded(bytes: Uint8Array, where: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw invalid(where, "is not a certificate: expected UTF-8 text, found other bytes", cause);
  }
}

function parsed(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    if (/after JSON/.test(why)) throw invalid(where, `was changed: there is text after the JSON (${why})`, cause);
    throw invalid(where, `is not a certificate, or was changed: expected JSON; ${why}`, cause);
  }
}

const NONE = { code: "certificate-invalid", hint: TRY } as const;

const CERTIFICATE: FileKind = {
  name: "certificate",
  format: CERTIFICATE_FORMAT,
  unreadable: { code: "certificate-unreadable", hint: TRY },
  notJson: NONE,
  newer: { code: "certificate-newer", hint: "verify it with the ctxspec that wrote it, or a newer one" },
  other: NONE,
};

function outerForm(data: unknown, where: string): Sealed {
  expectFormat(data, where, CERTIFICATE);
  const form = sealedSchema.safeParse(data);
  if (form.success) return form.data;
  throw invalid(where, `is not a certificate, or was changed${issueText(form.error.issues[0], data)}`, form.error.message);
}

/** Which parts are not what their digests say. */
function changedParts(form: Sealed): string[] {
  const now = digestsOf(form.body);
  const whole = wholeDigest(form);
  const names = [...new Set([...Object.keys(now), ...Object.keys(form.digests)])].sort();
  const parts = names.flatMap((name) => {
    if (now[name] === form.digests[name]) return [];
    if (whole === form.sha256) return [`digests.${name} was changed: the part itself is as it was sealed`];
    if (now[name] === undefined) return [`body.${name} was taken out`];
    return [form.digests[name] === undefined ? `body.${name} was put in` : `body.${name} was changed`];
  });
  if (whole !== form.sha256 && parts.length === 0) return ["sha256 was changed: every part is as it was sealed"];
  return parts;
}

/** Where the text is not the one that the certificate is written as: bytes that JSON does not care about. */
function strayBytes(bytes: Uint8Array, form: Sealed): string[] {
  const due = Buffer.from(certificateText(form));
  const came = Buffer.from(bytes);
  if (came.equals(due)) return [];
  const at = due.findIndex((byte, n) => came[n] !== byte);
  if (at < 0) return [`the text after the JSON was changed: ${came.length - due.length} bytes too many`];
  if (at === due.length - 1) return ["the text after the JSON was changed: expected one line end"];
  if (came.length > at && came.toString("utf8").includes("\r\n")) return ["line ends were changed: expected \\n, found \\r\\n"];
  const line = due.subarray(0, at).toString("utf8").split("\n").length;
  return [`spaces, the order of members or the way a value is written were changed in line ${line}, at byte ${at}`];
}

function checkSignature(form: Sealed, key: KeyObject | undefined): Pick<Checked, "signature" | "changes"> {
  const signer = typeof form.body.signer === "string" ? form.body.signer : undefined;
  const { signature } = form;
  const wrong = (sentence: string) => ({ signature: "wrong" as const, changes: [sentence] });
  if (signature === undefined) {
    if (signer !== undefined) return wrong("signature was taken out: the body names a signer");
    return key === undefined ? { signature: "unsigned", changes: [] } : wrong("it is not signed, but --key asks for a signature");
  }
  if (signer === undefined) return wrong("signature was put in: the body names no signer");
  if (key !== undefined && signerOf(key) !== signer)
    return wrong(`it is signed by another key: expected ${signerOf(key)}, found ${signer}`);
  const own = key ?? keyOfSigner(signer);
  const fits = own !== undefined && verify(null, signedBytes(form), own, Buffer.from(signature.value, "hex"));
  if (!fits) return wrong("signature does not fit: it, or what is signed, was changed");
  return { signature: key === undefined ? "unknown" : "trusted", changes: [] };
}

/** `where` is named in errors. Throws certificate-invalid, certificate-newer. */
export function checkCertificate(bytes: Uint8Array, where: string, key?: KeyObject): Checked {
  const form = outerForm(parsed(decoded(bytes, where), where), where);
  const said = checkSignature(form, key);
  const sealBroken = [...changedParts(form), ...strayBytes(bytes, form)];
  const changes = [...sealBroken, ...said.changes];
  if (changes.length > 0) return { changes, signature: said.signature };
  const full = certificateSchema.safeParse(form);
  if (full.success) return { certificate: full.data, changes: [], signature: said.signature };
  throw invalid(
    where,
    `is closed, but its body is not a certificate's${issueText(full.error.issues[0], form.body)}`,
    full.error.message,
  );
}
