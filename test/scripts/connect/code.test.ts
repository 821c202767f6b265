import jsQR from 'jsqr';
import { drawCode } from '../../../scripts/connect/code';

const PIXELS = 4;
/** Rows of modules by a character: the upper and the lower half. */
const HALVES: Record<string, [boolean, boolean]> = {
	' ': [false, false],
	'▀': [true, false],
	'▄': [false, true],
	'█': [true, true],
};

/** What a camera reads from the lines, black on white. */
function read(lines: string[]): string | undefined {
	const rows = lines.flatMap((line) =>
		[0, 1].map((half) => [...line].map((character) => HALVES[character]![half]!)),
	);
	const width = rows[0]!.length * PIXELS;
	const height = rows.length * PIXELS;
	const data = new Uint8ClampedArray(width * height * 4).fill(255);
	for (let y = 0; y < height; y++) {
		for (let x = 0; x < width; x++) {
			const isDark = rows[Math.floor(y / PIXELS)]![Math.floor(x / PIXELS)]!;
			if (isDark) data.fill(0, 4 * (y * width + x), 4 * (y * width + x) + 3);
		}
	}
	return jsQR(data, width, height, { inversionAttempts: 'dontInvert' })?.data;
}

const address = `https://open.feishu.cn/page/launcher?user_code=ABCD-EFGH&addons=${'x'.repeat(300)}`;

describe('A code in the terminal', () => {
	it('is read by a phone', async () => {
		expect(read((await drawCode(address, undefined)).lines!)).toBe(address);
	});

	it('is black on white, whatever the terminal’s colours', async () => {
		const { lines } = await drawCode(address, 200);
		const plain = lines!.map((line) => /^\x1b\[30;107m(.*)\x1b\[0m$/.exec(line)![1]!);
		expect(read(plain)).toBe(address);
	});

	it('is not drawn where the terminal is too narrow, and the width is told', async () => {
		const { lines, width } = await drawCode(address, 40);
		expect(lines).toBeUndefined();
		expect((await drawCode(address, width)).lines).toBeDefined();
		expect((await drawCode(address, width! - 1)).lines).toBeUndefined();
	});
});
