import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";

/** Paths of PEM files. */
export type TlsFiles = {
  /** What Redis's certificate is verified with, in place of the CAs that Node knows. */
  caFile?: string | undefined;
  /** What this process shows to a Redis that asks for a certificate. */
  certFile?: string | undefined;
  keyFile?: string | undefined;
};

export function readTlsFiles({ caFile, certFile, keyFile }: TlsFiles): ConnectionOptions {
  return {
    ...(caFile && { ca: readFileSync(caFile) }),
    ...(certFile && { cert: readFileSync(certFile) }),
    ...(keyFile && { key: readFileSync(keyFile) }),
  };
}
