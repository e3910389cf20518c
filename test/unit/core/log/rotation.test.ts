import { describe, expect, it } from 'vitest';
import { withoutOlder } from '../../../../src/core/log/rotation';

describe('what a pattern matches', () => {
  it('is one log where the rest are its rotated files or its earlier days', () => {
    expect(withoutOlder(['/l/a.log', '/l/b.log', '/l/a.log.1', '/l/a.log-20240514', '/l/b.log.12'])).toEqual(['/l/a.log', '/l/b.log']);
    expect(withoutOlder(['/l/shop-2024-05-14.log', '/l/shop-2024-05-13.log', '/l/blog-2024-05-13.log'])).toEqual([
      '/l/shop-2024-05-14.log',
      '/l/blog-2024-05-13.log',
    ]);
  });

  it('keeps names that only look alike', () => {
    const names = ['/l/access', '/l/access.log', '/l/access-ssl.log', '/l/access.log.old'];
    expect(withoutOlder(names)).toEqual(names);
  });
});
