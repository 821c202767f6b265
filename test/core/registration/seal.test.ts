import { newSealKey, seal, unseal } from '../../../core/registration/seal';

const key = newSealKey();
const value = { deviceCode: 'canary', at: 1, text: '二维码' };

it('A value comes back, and nothing of it can be read on the way', () => {
	const sealed = seal(value, key);
	expect(sealed).toMatch(/^[\w-]+$/);
	expect(Buffer.from(sealed, 'base64url').includes('canary')).toBe(false);
	expect(seal(value, key)).not.toBe(sealed);
	expect(unseal(sealed, key)).toEqual(value);
});

it('Another key, and any change, is noticed', () => {
	const sealed = seal(value, key);
	expect(unseal(sealed, newSealKey())).toBeUndefined();
	const bytes = Buffer.from(sealed, 'base64url');
	for (let at = 0; at < bytes.length; at++) {
		const changed = Buffer.from(bytes);
		changed[at]! ^= 1;
		expect(unseal(changed.toString('base64url'), key)).toBeUndefined();
		expect(unseal(bytes.subarray(0, at).toString('base64url'), key)).toBeUndefined();
	}
});

it.each(['', 'x', 'ä'.repeat(50), 'A'.repeat(10_000), '%00'])('%j is nothing', (text) => {
	expect(unseal(text, key)).toBeUndefined();
});
