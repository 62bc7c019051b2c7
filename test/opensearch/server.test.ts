import { afterEach, describe, expect, inject, it, vi } from 'vitest';
import { startOpenSearch } from './server.ts';

const url = inject('opensearchUrl');

afterEach(() => void vi.unstubAllEnvs());

describe('local OpenSearch', () => {
  // icu_folding drops the prolonged sound mark and the voicing.
  it('listens on the loopback and analyses Japanese', async () => {
    expect(new URL(url).hostname).toBe('127.0.0.1');
    const analyze = await fetch(`${url}/_analyze`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        tokenizer: 'kuromoji_tokenizer',
        filter: ['icu_folding'],
        text: 'サーバーレス設計',
      }),
    });
    const { tokens } = (await analyze.json()) as { tokens: { token: string }[] };
    expect(tokens.map(({ token }) => token)).toEqual(['サハ', 'レス', '設計']);
  });

  it('keeps silent while suspended, answers when resumed, is gone when killed', async ({
    onTestFinished,
  }) => {
    const server = await startOpenSearch({ credentials: 'user:secret' });
    // Suspended it could not even notice that the test is over.
    onTestFinished(() => server.kill());
    const status = (authorization: string, signal = AbortSignal.timeout(500)) =>
      fetch(server.url, { headers: { authorization }, signal }).then((response) => response.status);
    const right = `Basic ${btoa('user:secret')}`;
    expect(await status(right)).toBe(200);
    expect(await status(`Basic ${btoa('user:guess')}`)).toBe(401);
    await server.suspend();
    await expect(status(right)).rejects.toThrow('timeout');
    server.resume();
    expect(await status(right, AbortSignal.timeout(5000))).toBe(200);
    await server.kill();
    await expect(status(right)).rejects.toThrow('fetch failed');
  });

  it('says what to install where there is no Java', async () => {
    vi.stubEnv('PATH', '/nowhere');
    await expect(startOpenSearch()).rejects.toThrow('a local OpenSearch needs a Java 17 runtime');
  });
});
