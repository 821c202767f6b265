import { fingerprintOf } from '../../../core/delivery/fingerprint';

const base = { platform: 'feishu', bot: 'app', class: 'badRequest', code: '230001' };
const of = (reason: string, more: Partial<typeof base> = {}): string =>
	fingerprintOf({ ...base, ...more, reason });

test.each([
	['numbers', 'at most 20 a minute, wait 600 s', 'at most 20 a minute, wait 7 s'],
	['ids', 'chat oc_a1b2c3 not found', 'chat oc_ff00ff99 not found'],
	['quoted words', 'the word “spam” is not allowed', 'the word “金融 产品” is not allowed'],
	['quoted ids', 'no user "zhang san"', 'no user "li si"'],
	['line ends', 'one\ntwo', 'one  two'],
	['dates', 'since 2026-05-01T10:00:00Z', 'since 2027-12-31T23:59:59Z'],
])('Failures that differ in their %s only are alike', (_, one, other) => {
	expect(of(one)).toBe(of(other));
});

test.each([
	['words', of('chat not found'), of('user not found')],
	['Chinese words', of('群不存在'), of('人不存在')],
	['platforms', of('x'), of('x', { platform: 'wecom' })],
	['bots', of('x'), of('x', { bot: 'groupRobot' })],
	['classes', of('x'), of('x', { class: 'targetGone' })],
	['codes', of('x'), of('x', { code: '230002' })],
])('Failures with other %s are not', (_, one, other) => {
	expect(one).not.toBe(other);
});

test('It is 16 hex digits', () => {
	expect(of('x')).toMatch(/^[0-9a-f]{16}$/);
});
