import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { z } from "zod";

export function certificateFile() {
  return pemFile((path) => {
    readCertificate(path);
  }, "must be a file with a certificate as PEM");
}

export function keyFile() {
  return pemFile((path) => {
    readKey(path);
  }, "must be a file with an unencrypted private key as PEM");
}

function pemFile(read: (path: string) => void, otherwise: string) {
  return z.string().superRefine((path, context) => {
    try {
      read(path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const cannotBeRead = code === "ENOENT" || code === "EACCES" || code === "EISDIR";
      context.addIssue({ code: "custom", message: cannotBeRead ? `cannot be read: ${code}` : otherwise });
    }
  });
}

/** Whether both files can be read, and belong to different keys. */
export function areOfDifferentKeys(certificatePath: string, keyPath: string): boolean {
  try {
    return !readCertificate(certificatePath).checkPrivateKey(readKey(keyPath));
  } catch {
    // Each file has a problem of its own, which its variable tells.
    return false;
  }
}

function readCertificate(path: string): X509Certificate {
  return new X509Certificate(readFileSync(path));
}

function readKey(path: string): KeyObject {
  return createPrivateKey(readFileSync(path));
}
