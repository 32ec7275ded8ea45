import { describe, expect, it } from 'vitest';
import { checkUrl } from '../../src/egress/guard';

const OWN = ['gateway.example.com', 'Grok2API.Someone.workers.dev'];

describe('checkUrl', () => {
  const PASS = [
    'https://example.com/a.png',
    'https://example.com:443/a.png',
    'https://EXAMPLE.com/a.png?x=1#y',
    'https://images.example.co.uk/',
    'https://xn--bcher-kva.example/',
    'https://bücher.example/',
    'https://1.example.com/',
    'https://localhost.example.com/',
    'https://internal.example.com/',
    'https://example.com./a.png',
    'https://a.gateway.example.com/',
  ];
  for (const url of PASS) {
    it(`lets ${url} pass`, () => expect(checkUrl(url, OWN)).toBeInstanceOf(URL));
  }

  const REFUSE: readonly (readonly [string, string])[] = [
    ['http', 'http://example.com/a.png'],
    ['ftp', 'ftp://example.com/a.png'],
    ['file', 'file:///etc/passwd'],
    ['javascript', 'javascript:alert(1)'],
    ['no URL', 'example.com/a.png'],
    ['an empty text', ''],
    ['a relative URL', '//example.com/a.png'],
    ['user-info', 'https://user:pass@example.com/'],
    ['a user alone', 'https://user@example.com/'],
    ['user-info that looks like the host', 'https://example.com@evil.example/'],
    ['another port', 'https://example.com:8443/'],
    ['port 80', 'https://example.com:80/'],
    ['dotted IPv4', 'https://127.0.0.1/'],
    ['a public IPv4', 'https://93.184.216.34/'],
    ['decimal IPv4', 'https://2130706433/'],
    ['octal IPv4', 'https://0177.0.0.1/'],
    ['octal IPv4 in one number', 'https://017700000001/'],
    ['hexadecimal IPv4', 'https://0x7f000001/'],
    ['hexadecimal parts', 'https://0x7f.0x0.0x0.0x1/'],
    ['short IPv4', 'https://127.1/'],
    ['mixed notations', 'https://0x7f.1/'],
    ['IPv4 with a last dot', 'https://127.0.0.1./'],
    ['full-width IPv4', 'https://１２７.０.０.１/'],
    ['ideographic dots', 'https://127。0。0。1/'],
    ['escaped IPv4', 'https://%31%32%37.0.0.1/'],
    ['circled digits', 'https://①②⑦.0.0.1/'],
    ['the metadata address', 'https://169.254.169.254/latest/meta-data'],
    ['zero', 'https://0/'],
    ['IPv6 loopback', 'https://[::1]/'],
    ['IPv6', 'https://[2606:2800:220:1:248:1893:25c8:1946]/'],
    ['IPv4-mapped IPv6', 'https://[::ffff:127.0.0.1]/'],
    ['IPv4-mapped IPv6 in hex', 'https://[::ffff:7f00:1]/'],
    ['NAT64', 'https://[64:ff9b::7f00:1]/'],
    ['an IPv6 zone', 'https://[fe80::1%25eth0]/'],
    ['localhost', 'https://localhost/'],
    ['LOCALHOST', 'https://LOCALHOST/'],
    ['localhost with a dot', 'https://localhost./'],
    ['a name below localhost', 'https://app.localhost/'],
    ['a single label', 'https://intranet/'],
    ['a single label with a dot', 'https://intranet./'],
    ['.local', 'https://printer.local/'],
    ['.local with a dot', 'https://printer.local./'],
    ['.LOCAL', 'https://printer.LOCAL/'],
    ['.internal', 'https://metadata.google.internal/'],
    ['home.arpa', 'https://router.home.arpa/'],
    ['an own host: the Worker never asks itself (D-69)', 'https://gateway.example.com/v1/models'],
    ['an own host with a dot', 'https://gateway.example.com./v1/models'],
    ['an own host in capitals', 'https://GATEWAY.example.com/'],
    ['an own host listed in capitals', 'https://grok2api.someone.workers.dev/'],
    ['an own host in full width', 'https://ｇａｔｅｗａｙ.example.com/'],
    ['a backslash before the host', 'https:\\\\127.0.0.1/'],
    ['a tab inside the host', 'https://local\thost/'],
    ['a URL too long to look at', `https://example.com/${'a'.repeat(9_000)}`],
  ];
  for (const [name, url] of REFUSE) {
    it(`refuses ${name} (D-08)`, () => {
      expect(() => checkUrl(url, OWN)).toThrow(
        expect.objectContaining({ code: 'url_not_allowed', status: 400 }),
      );
    });
  }

  it('never repeats the URL, which may carry a signature', () => {
    expect(() => checkUrl('https://localhost/?sig=s3cret', OWN)).toThrow(
      /^A URL in the request must name a public host\.$/,
    );
  });
});
