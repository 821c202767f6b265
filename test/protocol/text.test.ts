import { idempotencyKey } from '../../protocol/text';

describe('An idempotency key', () => {
	it('is the same for the same parts and short enough for every platform', () => {
		expect(idempotencyKey('a', 'b')).toBe(idempotencyKey('a', 'b'));
		expect(idempotencyKey('a', 'b')).toMatch(/^[0-9a-f]{32}$/);
	});

	it('is another where the same letters are parted in another way', () => {
		expect(idempotencyKey('ab', 'c')).not.toBe(idempotencyKey('a', 'bc'));
	});
});
