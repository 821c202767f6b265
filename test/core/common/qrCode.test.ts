import jsQR from 'jsqr';
import { qrCodeSvg } from '../../../core/common/qrCode';

const PIXELS = 4;

/** The picture as a camera sees it: white, and the dark runs of the path on it. */
function drawn(svg: string): { data: Uint8ClampedArray; width: number } {
	const size = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)![1]);
	const width = size * PIXELS;
	const data = new Uint8ClampedArray(width * width * 4).fill(255);
	for (const [, x, y, length] of svg.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
		for (let row = Number(y) * PIXELS; row < (Number(y) + 1) * PIXELS; row++) {
			const start = row * width + Number(x) * PIXELS;
			for (let at = start; at < start + Number(length) * PIXELS; at++) {
				data.fill(0, 4 * at, 4 * at + 3);
			}
		}
	}
	return { data, width };
}

function read(svg: string): string | undefined {
	const { data, width } = drawn(svg);
	return jsQR(data, width, width, { inversionAttempts: 'dontInvert' })?.data;
}

describe('A QR code on a page', () => {
	it.each([
		'https://open.feishu.cn/page/launcher?user_code=ABCD-EFGH&from=sdk&tp=sdk',
		'扫一扫，连接机器人 👩‍👩‍👧',
		'x',
	])('is read by a phone: %s', (text) => {
		expect(read(qrCodeSvg(text, 'code').text)).toBe(text);
	});

	it('is read at every size', () => {
		for (let length = 1; length <= 2331; length += 70) {
			const text = 'https://example.com/?q=一二三'.padEnd(length, '0123456789abcdef');
			expect(read(qrCodeSvg(text, 'code').text)).toBe(text);
		}
	});

	it('is black on white with four light modules around it, and tells in words what it is', () => {
		const svg = qrCodeSvg('x', 'Scan <this> & "go"').text;
		expect(svg).toMatch(/viewBox="0 0 29 29"/);
		expect(svg).toMatch(/<rect width="29" height="29" fill="#fff" \/>/);
		expect(svg).toMatch(/<path fill="#000" d="M4 4h7v1h-7z/);
		expect(svg.match(/<path/g)).toHaveLength(1);
		expect(svg).toMatch(/role="img"\s+aria-label="Scan &lt;this&gt; &amp; &quot;go&quot;"/);
		expect(svg).toMatch(/<title>Scan &lt;this&gt; &amp; &quot;go&quot;<\/title>/);
		for (const [, x, y, length] of svg.matchAll(/M(\d+) (\d+)h(\d+)/g)) {
			expect(Number(x)).toBeGreaterThanOrEqual(4);
			expect(Number(x) + Number(length)).toBeLessThanOrEqual(25);
			expect(Number(y)).toBeGreaterThanOrEqual(4);
			expect(Number(y)).toBeLessThanOrEqual(24);
		}
	});
});
