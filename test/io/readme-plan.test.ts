import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { examplePlan, planPicture } from '../../tools/plan-picture.ts';
import { KedgeHome } from './kedge-home.ts';

const ROOT = join(import.meta.dirname, '..', '..');

describe('what the README shows of a plan', () => {
  let home: KedgeHome;
  before(() => {
    home = new KedgeHome();
  });
  after(() => home.close());

  it('the picture is that of the plan that is made today (npm run picture draws it anew)', async () => {
    const drawn = readFileSync(join(ROOT, 'docs/plan.svg'), 'utf8');
    assert.equal(drawn, planPicture(await examplePlan()));
  });

  it('the plan in words is what the command prints', async () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    const [, file, words] = /^\$ npx kedge plan (\S+)\n(.*?)^```$/ms.exec(readme)!;
    const { stdout } = await home.run(['plan', join(ROOT, file!)]);
    assert.equal(stdout, words);
  });
});
