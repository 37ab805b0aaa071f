import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

export type Env = Readonly<Record<string, string | undefined>>;

/**
 * What the environment says of Hugging Face's files and hub, as their own library reads it.
 * Source: huggingface.co/docs/huggingface_hub, "Environment variables"; huggingface_hub,
 * constants.py.
 */
export type HuggingFaceEnv = {
  readonly cacheDir: string;
  /** Without a slash at its end. */
  readonly endpoint: string;
  /** Null without one. Never to be shown. */
  readonly token: string | null;
  /** The variable that forbids the network; null where none does. */
  readonly offlineBy: string | null;
};

export function huggingFaceEnv(env: Env): HuggingFaceEnv {
  const offline = ['HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE'];
  return {
    cacheDir: cacheDirOf(env),
    endpoint: (env['HF_ENDPOINT'] || 'https://huggingface.co').replace(/\/+$/, ''),
    token: (env['HF_TOKEN'] || env['HUGGING_FACE_HUB_TOKEN'])?.trim() || null,
    offlineBy: offline.find((name) => isTrue(env[name])) ?? null,
  };
}

/** The folder of this user. */
export function userHome(env: Env): string {
  return env['HOME'] || homedir();
}

/** A path with the home folder in the place of `~`. */
export function expandHome(path: string, env: Env): string {
  return /^~(?=$|[/\\])/.test(path) ? join(userHome(env), path.slice(1)) : path;
}

function cacheDirOf(env: Env): string {
  const stated = env['HF_HUB_CACHE'] || env['HUGGINGFACE_HUB_CACHE'];
  if (stated) return expanded(stated, env);
  const home = env['HF_HOME'];
  if (home) return join(expanded(home, env), 'hub');
  return join(env['XDG_CACHE_HOME'] || join(userHome(env), '.cache'), 'huggingface', 'hub');
}

/** Files of variables are not read by a shell: `~` and `$HOME` may still stand in them. */
function expanded(path: string, env: Env): string {
  const whole = path.replace(/\$(?:(\w+)|\{(\w+)\})/g, (all, bare, braced) => {
    return env[bare ?? braced] ?? all;
  });
  return resolve(expandHome(whole, env));
}

function isTrue(value: string | undefined): boolean {
  return /^(?:1|on|yes|true)$/i.test(value ?? '');
}
