import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { problemsOf, taskIn } from './read-for-tests.ts';

function mixIn(serving: string) {
  return taskIn(`kind: serve\nserving: {${serving}}`).serving!.mix;
}

function messagesOf(text: string): string {
  return problemsOf(text)
    .map(({ message }) => message)
    .join('; ');
}

describe('the load of a service', () => {
  it('is of one size and left to the estimate, where nothing else is said', () => {
    assert.equal(mixIn('requests_per_second: 5, input_tokens: 512, output_tokens: 256'), undefined);
  });

  it('is of several sizes, each with its share; what one does not say holds for all', () => {
    const mix = mixIn(
      'requests_per_second: 5, output_tokens: 100, latency: p95, utilization_max: 0.8, ' +
        'mix: [{share: 0.25, input_tokens: 2k}, {share: 0.75, input_tokens: 50, output_tokens: 9}]',
    );
    assert.deepEqual(mix, {
      sizes: [
        { share: 0.25, inputTokens: 2000, outputTokens: 100, throughput: null },
        { share: 0.75, inputTokens: 50, outputTokens: 9, throughput: null },
      ],
      concurrency: null,
      utilizationMax: 0.8,
      latency: 'p95',
    });
  });

  it('is of one size whose throughput is known', () => {
    const mix = mixIn('requests_per_second: 5, throughput: {H100: 12}, concurrency: 32');
    assert.deepEqual(mix!.sizes, [
      { share: 1, inputTokens: null, outputTokens: null, throughput: { H100: 12 } },
    ]);
    assert.deepEqual([mix!.concurrency, mix!.utilizationMax, mix!.latency], [32, 1, 'mean']);
  });

  it('has shares that people round: they are made to sum to one', () => {
    const third = '{share: 0.33, throughput: {cpu: 1}}';
    const { sizes } = mixIn(`requests_per_second: 5, mix: [${third}, ${third}, ${third}]`)!;
    assert.equal(
      sizes.reduce((sum, { share }) => sum + share, 0),
      1,
    );
  });

  it('is refused where its shares do not add up, or are of nothing', () => {
    const serve = (rest: string) => `kind: serve\nserving: {requests_per_second: 1, ${rest}}`;
    assert.match(
      messagesOf(serve('mix: [{share: 0.5, throughput: {cpu: 1}}]')),
      /shares of "serving.mix" add up to 0.5, and not to 1/,
    );
    assert.match(messagesOf(serve('mix: []')), /add up to 0/);
    assert.match(messagesOf(serve('mix: [{throughput: {cpu: 1}}]')), /needs the key "share"/);
  });

  it('is refused where some sizes have a throughput and others are to be estimated', () => {
    const text =
      'kind: serve\nserving: {requests_per_second: 1, ' +
      'mix: [{share: 0.5, throughput: {cpu: 1}}, {share: 0.5, input_tokens: 9}]}';
    assert.match(messagesOf(text), /1 of the 2 sizes of "serving.mix" have a throughput/);
  });

  it('is refused without a number of requests, of another kind of task, and with units of work', () => {
    const serving = 'serving: {throughput: {cpu: 1}';
    assert.match(messagesOf(`kind: serve\n${serving}}`), /and not how many/);
    assert.match(
      messagesOf(`kind: batch\n${serving}, requests_per_second: 1}`),
      /the task is of kind batch/,
    );
    const work = 'work: {units: 5, throughput: {cpu: 1}}';
    assert.match(
      messagesOf(`kind: serve\n${work}\n${serving}, requests_per_second: 1}`),
      /"work" can only be hours/,
    );
  });
});
