import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildRow } from '../../adapters/feeds/build-rows-for-tests.ts';
import { bundledFeed } from '../../adapters/feeds/bundled-feed.ts';
import { columnsFrom } from '../../adapters/feeds/columns-from.ts';
import { rateFromUsd } from '../../base/money.ts';
import { offersFrom } from '../../core/catalog/offers-from.ts';
import type { Driver } from '../../ports/driver.ts';
import type { Feed } from '../../ports/feed.ts';
import { homeOf } from '../../sdk/home.ts';
import type { Offer } from '../../spec/offer.ts';
import type { Context } from '../context.ts';
import { runProgram } from '../program.ts';

const KEYS = [
  'provider',
  'region',
  'zone',
  'instance',
  'accelerator',
  'accelerator_count',
  'accelerator_memory_gib',
  'vcpus',
  'memory_gib',
  'spot',
  'price_usd_per_hour',
  'source',
  'as_of',
];

const P5 = buildRow({
  instance: 'p5.48xlarge',
  accelerator: 'H100',
  acceleratorCount: 8,
  acceleratorMemoryGib: 80,
  vcpus: 192,
  memoryGib: 2048,
  nanosPerHour: rateFromUsd(55.04),
});
const LIST = columnsFrom([P5, { ...P5, spot: true, nanosPerHour: rateFromUsd(9.68) }, buildRow()]);
const FEED: Feed = { name: 'test', load: async () => LIST };

const OWN: Offer = {
  ...offersFrom(columnsFrom([buildRow({ provider: 'local', region: null, instance: null })]))[0]!,
  id: 'local',
  place: 'local',
  nanosPerHour: rateFromUsd(0.0027),
  estimated: true,
  launchable: true,
};

/** `kedge offers` in memory, on a terminal of 80 columns unless told otherwise. */
async function offers(
  argv: readonly string[],
  given: {
    readonly feed?: Feed;
    readonly terminal?: boolean;
    readonly own?: readonly Offer[];
  } = {},
) {
  const { feed = FEED, terminal = true, own = [] } = given;
  const written = { out: '', err: '' };
  const unwired = (): never => assert.fail('nothing else may be loaded for this');
  const context: Context = {
    io: {
      out: (text) => {
        written.out += text.toString();
      },
      err: (text) => {
        written.err += text;
      },
      outIsTerminal: terminal,
      errIsTerminal: false,
      inIsTerminal: false,
      columns: 80,
    },
    env: {},
    cwd: '/',
    home: homeOf({ KEDGE_HOME: '/nowhere' }),
    version: '1.2.3',
    wiring: {
      feeds: async () => [feed],
      drivers: async () => [{ name: 'local', offers: async () => own } as unknown as Driver],
      models: unwired,
      solver: unwired,
      serve: unwired,
      spawnServer: unwired,
    },
    interrupt: new AbortController().signal,
    exit: { code: 0 },
  };
  const code = await runProgram(['offers', ...argv], context);
  return { code, ...written, lines: written.out.split('\n').slice(0, -1) };
}

describe('kedge offers, as a table', () => {
  it('says what it costs, what one gets and where, cheapest first', async () => {
    const { code, lines, err } = await offers(['-a', 'H100:8']);
    assert.equal(code, 0);
    assert.equal(err, '');
    assert.deepEqual(
      lines.map((line) => line.split(/\s{2,}/)),
      [
        ['$/HOUR', 'DEVICE', 'VCPU', 'GIB', 'SPOT', 'PLACE', 'INSTANCE'],
        ['$9.68', 'H100:8', '192', '2048', 'spot', 'aws/us-east-1', 'p5.48xlarge'],
        ['$55.04', 'H100:8', '192', '2048', '-', 'aws/us-east-1', 'p5.48xlarge'],
      ],
    );
  });

  it('of the whole catalog it fits 80 columns, price, sizes and place uncut', async () => {
    const feed = bundledFeed();
    for (const argv of [[], ['--limit', '2000'], ['-a', 'H100'], ['--provider', 'azure']]) {
      const { lines } = await offers(argv, { feed });
      for (const line of lines) assert.ok(line.length <= 80, line);
      for (const line of lines.slice(1))
        assert.match(
          line,
          /^~?\$[\d.]+ +\S+ +[\d.?]+ +[\d.?]+ +(spot|-) +[a-z0-9]+(\/[\w/-]+)?( |$)/,
        );
    }
  });

  it('shows the first fifty, and says how many more there are', async () => {
    const { lines, err } = await offers([], { feed: bundledFeed() });
    assert.equal(lines.length, 1 + 50);
    assert.match(err, /^note: \d{5,} more; --all prints them/);
  });

  it('--limit shows so many, --all all', async () => {
    const limited = await offers(['--limit', '2']);
    assert.equal(limited.lines.length, 1 + 2);
    assert.match(limited.err, /1 more/);
    const all = await offers(['--all', '--limit', '1']);
    assert.deepEqual([all.lines.length, all.err], [1 + 3, '']);
  });

  it('an estimated price is marked, and the mark explained', async () => {
    const { lines, err } = await offers(['--provider', 'local'], { own: [OWN] });
    assert.match(lines[1]!, /^~\$0\.0027 /);
    assert.match(err, /~ is an estimate/);
  });

  it('what is not known is a question mark', async () => {
    const bare = { ...P5, instance: null, vcpus: null, memoryGib: null };
    const feed: Feed = { name: 'test', load: async () => columnsFrom([bare]) };
    const { lines } = await offers([], { feed });
    assert.deepEqual(lines[1]!.split(/\s{2,}/).slice(2, 4), ['?', '?']);
    assert.equal(lines[1]!.split(/\s{2,}/).at(-1), '?');
  });

  it('a pipe gets whole lines, and so does -o wide', async () => {
    const feed = bundledFeed();
    const argv = ['-a', 'GB200', '--provider', 'azure', '--all'];
    const piped = await offers(argv, { feed, terminal: false });
    assert.match(piped.out, /Standard_ND128isr_NDR_GB200_v6\n/);
    const wide = await offers([...argv, '-o', 'wide'], { feed });
    assert.match(wide.lines[0]!, /DEVICE GIB.*SOURCE +AS OF$/);
    assert.match(wide.lines[1]!, / 186 .* azure-vm-linux-2026-06-18 +2026-06-18$/);
  });

  it('nothing found is said, not left to be guessed', async () => {
    const { code, lines, err } = await offers(['--min-memory', '9999']);
    assert.deepEqual([code, lines.length], [0, 1]);
    assert.match(err, /no offer is known to be so/);
  });
});

describe('kedge offers, for programs', () => {
  it('-o json is an array with exactly the promised keys', async () => {
    const { out } = await offers(['--all', '-o', 'json'], { feed: bundledFeed() });
    const list = JSON.parse(out);
    assert.ok(Array.isArray(list) && list.length > 40_000);
    for (const offer of list) assert.deepEqual(Object.keys(offer), KEYS);
    assert.ok(list.every((offer) => offer.price_usd_per_hour > 0));
  });

  it('notes go to stderr, so that data stays data', async () => {
    const { out, err } = await offers(['-o', 'json', '--limit', '1']);
    assert.equal(JSON.parse(out).length, 1);
    assert.match(err, /2 more/);
    assert.deepEqual(JSON.parse((await offers(['-o', 'json', '--min-cpus', '999'])).out), []);
  });

  it('-o name prints one id in each line', async () => {
    const { lines } = await offers(['-o', 'name', '-a', 'H100', '--no-spot']);
    assert.deepEqual(lines, ['aws/us-east-1/-/p5.48xlarge/on-demand']);
  });

  it('every filter reaches the list', async () => {
    const found = async (...argv: string[]) => (await offers([...argv, '-o', 'name'])).lines.length;
    assert.equal(await found(), 3);
    assert.equal(await found('--spot'), 1);
    assert.equal(await found('--no-spot'), 2);
    assert.equal(await found('--region', 'us-*'), 3);
    assert.equal(await found('--region', 'eu-*'), 0);
    assert.equal(await found('--max-price', '$10'), 2);
    assert.equal(await found('--min-memory', '1024'), 2);
    assert.equal(await found('--min-cpus', '192'), 2);
    assert.equal(await found('--min-device-memory', '80'), 2);
    assert.equal(await found('--min-device-memory', '81'), 0);
    assert.equal(await found('-a', 'h100-sxm:8'), 2);
    assert.equal(await found('-a', 'H100:4'), 0);
  });

  it('a filter that says nothing sensible is exit 2, with what would', async () => {
    for (const [argv, what] of [
      [['-a', 'H100:many'], /NAME:COUNT.*\n.*H100:8/],
      [['-a', 'H100:0'], /NAME:COUNT/],
      [['-a', 'H100:'], /NAME:COUNT/],
      [['-a', ':8'], /NAME:COUNT/],
      [['-a', 'H100:8:2'], /NAME:COUNT/],
      [['-a', 'H1000'], /no accelerator is called "H1000"\n {2}hint: did you mean H100/],
      [['--provider', 'awss'], /no provider is called "awss"\n {2}hint: did you mean aws\?/],
      [['--max-price', 'cheap'], /--max-price needs dollars/],
      [['--min-memory', '-3'], /number above 0/],
      [['--limit', '0'], /whole number above 0/],
    ] as const) {
      const { code, out, err } = await offers(argv);
      assert.deepEqual([code, out], [2, ''], argv.join(' '));
      assert.match(err, what);
    }
  });
});
