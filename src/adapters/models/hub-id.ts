import { MODEL_FILE } from './choose-files.ts';

/** What a task says of a model on a hub. */
export type HubId = {
  /** `owner/name`, or `name` alone for the oldest ones. */
  readonly repo: string;
  /** A branch, tag or commit. */
  readonly revision: string;
  /** A file within, where one is meant. */
  readonly file: string | null;
};

/**
 * `owner/name@revision/file`, as Hugging Face's file system has it; a slash within a revision stands
 * as `%2F`, but for `refs/pr/1` and the like.
 */
const FORM =
  /^(?<repo>[\w.-]{1,96}(?:\/[\w.-]{1,96})?)(?:@(?<revision>refs\/(?:pr|convert)\/[^/]+|[^/]+))?(?:\/(?<file>.+))?$/;

/** What a revision is called once it is resolved. */
export const COMMIT = /^[\da-f]{40}$/;

/** Characters that no path on any system should have to bear. */
const UNSAFE = /[\\:*?"<>|\p{Cc}]/u;

/**
 * Null for what no model on a hub is called.
 * Source: huggingface_hub, utils/_validators.py (validate_repo_id), hf_file_system.py.
 */
export function parseHubId(id: string): HubId | null {
  const { repo, revision: stated, file = null } = FORM.exec(id)?.groups ?? {};
  if (repo === undefined || !isRepo(repo)) return null;
  const revision = decoded(stated ?? 'main');
  if (revision === null || !isSafePath(revision)) return null;
  if (file === null) {
    // A path, then, that does not begin as one.
    return MODEL_FILE.test(repo) ? null : { repo, revision, file };
  }
  return isSafePath(file) && MODEL_FILE.test(file) ? { repo, revision, file } : null;
}

/** How a task calls a model. */
export function modelWord({ repo, revision }: HubId): string {
  return revision === 'main' ? repo : `${repo}@${encodeURIComponent(revision)}`;
}

function isRepo(repo: string): boolean {
  const parts = repo.split('/');
  return (
    !repo.includes('--') &&
    !repo.includes('..') &&
    !repo.endsWith('.git') &&
    parts.every((part) => !/^[.-]|[.-]$/.test(part))
  );
}

function decoded(revision: string): string | null {
  try {
    return decodeURIComponent(revision);
  } catch {
    return null;
  }
}

/** True for a path that stays below where it begins. */
export function isSafePath(path: string): boolean {
  const parts = path.split('/');
  return (
    path.length <= 1024 &&
    !UNSAFE.test(path) &&
    parts.every((part) => part !== '' && part !== '.' && part !== '..')
  );
}
