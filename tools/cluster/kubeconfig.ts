import { writeFileSync } from 'node:fs';

export type Access = {
  /** https://127.0.0.1:PORT */
  readonly server: string;
  /** PEM; read when a client starts, so it may be written later. */
  readonly caFile: string;
};

/** Writes how one user reaches the API server; JSON is YAML. */
export function writeKubeconfig(file: string, { server, caFile }: Access, token: string): string {
  const name = 'kedge-test';
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, 'certificate-authority': caFile } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
  writeFileSync(file, JSON.stringify(config, null, 2), { mode: 0o600 });
  return file;
}
