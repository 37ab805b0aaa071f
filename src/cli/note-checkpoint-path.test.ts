import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildPlan, buildTask, buildTaskFile } from '../spec/build-for-tests.ts';
import type { Context } from './context.ts';
import { noteCheckpointPath } from './note-checkpoint-path.ts';

function notesFor(path: string | null, provider: string): string {
  let notes = '';
  const io = { err: (text: string) => void (notes += text) };
  const checkpoint = path === null ? null : { path, intervalMs: null, sizeBytes: null };
  const tasks = buildTaskFile([buildTask({ checkpoint })]);
  noteCheckpointPath({ io } as Context, {
    plan: buildPlan([{ provider, place: provider }]),
    tasks,
  });
  return notes;
}

describe('the path of checkpoints in a task file', () => {
  it('is said to be another where its place cannot show them there', () => {
    for (const path of ['/ckpt', '~/ckpt', '../ckpt', '.', 'a/../../b']) {
      const note = `note: at local checkpoints are at $KEDGE_CHECKPOINT_DIR, not at ${path}\n`;
      assert.equal(notesFor(path, 'local'), note);
    }
  });

  it('needs no words where it is honored, or where there is none', () => {
    const quiet = [
      notesFor('ckpt', 'local'),
      notesFor('./out/ckpt/', 'local'),
      notesFor('/ckpt', 'docker'),
      notesFor(null, 'local'),
    ];
    assert.deepEqual(quiet, ['', '', '', '']);
  });
});
