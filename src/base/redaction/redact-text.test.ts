import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { redactText } from './redact-text.ts';
import { secretForms } from './secret-forms.ts';

const redacted = (text: string, ...values: string[]): string =>
  redactText(text, secretForms(values));

describe('a message about something with secrets', () => {
  it('has none of them, in none of the forms that programs give them', () => {
    const value = `it's "a\nlong/er&one`;
    const forms = {
      plain: value,
      json: JSON.stringify({ key: value }),
      url: `https://x/?key=${encodeURIComponent(value)}`,
      shell: `'${value.replaceAll("'", `'\\''`)}'`,
      'one line of it': 'after long/er&one',
      base64: Buffer.from(value).toString('base64url'),
      'basic authorization': Buffer.from(`user:${value}:`).toString('base64'),
      'cut short': `cannot read "it's "a\nlong/…"`,
    };
    for (const [name, text] of Object.entries(forms)) {
      const told = redacted(text, value);
      assert.match(told, /\*\*\*/, name);
      for (const rest of [
        'long',
        encodeURIComponent('long/'),
        Buffer.from(value).toString('base64').slice(4, 16),
      ]) {
        assert.ok(!told.includes(rest), `${name}: ${told}`);
      }
    }
  });

  it('is unchanged where it has none, or only what is too short to be one', () => {
    const text = 'the key is 123 and …';
    assert.equal(redacted(text, '123', 'other'), text);
  });

  it('says once that something is missing where secrets overlap', () => {
    assert.equal(redacted('x abcdefgh y', 'abcdef', 'cdefgh'), 'x *** y');
  });

  it('holds no value of a secret, whatever the message and the values are', () => {
    const value = fc.string({ minLength: 4, maxLength: 12, unit: 'binary' });
    const law = fc.property(fc.array(value), fc.array(fc.string()), (values, words) => {
      const text = words.flatMap((word, at) => [word, values[at] ?? '']).join('');
      const told = redacted(text, ...values);
      const isLeaked = values.some(
        (one) => [...one].length >= 4 && !/^\**$/.test(one) && told.includes(one),
      );
      assert.ok(!isLeaked, told);
    });
    fc.assert(law);
  });
});
