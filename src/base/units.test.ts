import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatDuration } from './time.ts';
import {
  formatBytes,
  parseBytes,
  parseBytesPerSecond,
  parseCount,
  parseDuration,
  parseUsd,
  parseUsdPerHour,
} from './units.ts';

describe('amounts read as people write them', () => {
  const cases: readonly [(text: string) => number | undefined, string, number | undefined][] = [
    [parseBytes, '200GB', 200e9],
    [parseBytes, '16 GiB', 16 * 2 ** 30],
    [parseBytes, '1.5Ti', 1.5 * 2 ** 40],
    [parseBytes, '12', 12],
    [parseBytes, '5 apples', undefined],
    [parseBytes, '-5GB', undefined],
    [parseBytes, '9999999PB', undefined],
    [parseBytesPerSecond, '4TB/s', 4e12],
    [parseBytesPerSecond, '450 GB/s', 450e9],
    [parseBytesPerSecond, '1.5TiB/s', 1.5 * 2 ** 40],
    [parseBytesPerSecond, '400Gbit/s', 50e9],
    [parseBytesPerSecond, '400 Gbps', 50e9],
    [parseBytesPerSecond, '400Gb/s', undefined],
    [parseBytesPerSecond, '450', undefined],
    [parseBytesPerSecond, '450GB', undefined],
    [parseCount, '500M', 5e8],
    [parseCount, '8B', 8e9],
    [parseCount, '1.5k', 1500],
    [parseCount, 'constructor', undefined],
    [parseDuration, '24h', 86_400_000],
    [parseDuration, '1h30m', 5_400_000],
    [parseDuration, '1h 30m', 5_400_000],
    [parseDuration, '10 parsecs', undefined],
    [parseDuration, '', undefined],
    [parseUsd, '$500', 500],
    [parseUsd, '$2k', 2000],
    [parseUsd, '1.25 USD', 1.25],
    [parseUsd, '$-3', undefined],
    [parseUsdPerHour, '$1/h', 1],
    [parseUsdPerHour, '0.35 per hour', 0.35],
    [parseUsdPerHour, '$1/day', undefined],
  ];
  for (const [parse, text, value] of cases) {
    it(`${parse.name} of "${text}" is ${value}`, () => assert.equal(parse(text), value));
  }

  it('bytes and durations are shown in the unit that fits', () => {
    assert.equal(formatBytes(80 * 2 ** 30), '80 GiB');
    assert.equal(formatBytes(1536), '1.5 KiB');
    assert.equal(formatDuration(250), '250ms');
    assert.equal(formatDuration(4200), '4.2s');
    assert.equal(formatDuration(725_000), '12m 5s');
    assert.equal(formatDuration(3 * 86_400_000), '3d');
  });
});
