import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { servedTime } from './batching.ts';
import { buildScope, DEEPSEEK_V3 } from './build-for-tests.ts';
import { explainDecode, explainFirstToken, type ServingLine } from './explain-serving.ts';

const REQUEST = { inputTokens: 1024, outputTokens: 256 };

describe('the arithmetic of serving', () => {
  for (const [name, scope] of [
    ['a dense model', buildScope()],
    [
      'experts on ranks of their own',
      buildScope({ model: DEEPSEEK_V3, dataParallel: 2, expertParallel: 8 }),
    ],
  ] as const) {
    it(`adds up to the times it explains, of ${name}`, () => {
      const time = servedTime(scope, REQUEST, { clients: 48, slots: 32 });
      assertAddsUp(explainDecode(scope, REQUEST, time), time.perToken);
      assertAddsUp(explainFirstToken(scope, REQUEST, time), time.firstToken);
    });
  }
});

function assertAddsUp(lines: readonly ServingLine[], total: number): void {
  const parts = lines.slice(0, -1).reduce((sum, { seconds }) => sum + seconds, 0);
  assert.ok(Math.abs(parts - total) < 1e-9, `${parts} is not ${total}`);
  assert.equal(lines.at(-1)!.seconds, total);
}
