import fc from 'fast-check';
import { acceptRequest, BadRequest } from '../../../core/delivery/request';
import type { DeliveryRow } from '../../../core/delivery/delivery';
import { entryOf, HOUR, iso, MINUTE, NOW, ORIGIN } from './rows';

const context = { origin: ORIGIN, lease: 'me:1', newKey: 'new', now: NOW };
const take = (fields: object = {}): DeliveryRow =>
	acceptRequest({ platform: 'dingtalk', text: 'Hello', ...fields }, context);

test('The least of a request is a platform and a text', () => {
	const row = take();
	expect(row).toMatchObject({
		key: 'new',
		version: 1,
		kind: 'notification',
		status: 'waiting',
		priority: 2,
		platform: 'dingtalk',
		bot: 'groupRobot',
		attempts: 1,
		claim: 'me:1',
		dueAt: NOW + MINUTE,
		deadlineAt: NOW + 24 * HOUR,
		...ORIGIN,
	});
	expect(entryOf(row).payload.unsent).toMatchObject({
		platform: 'dingtalk',
		via: 'groupRobot',
		content: { type: 'text', text: 'Hello' },
		sentParts: 0,
		messageIds: [],
	});
});

test('Everything that is asked for is kept', () => {
	const target = { type: 'users', ids: ['ou_1', 'ou_2'], idType: 'open_id' };
	const asked = { title: 'T', mentionIds: ['ou_3'], mentionAll: true };
	const more = { key: 'order 7', priority: 'alert', deadline: iso(NOW + HOUR) };
	const row = take({
		platform: 'feishu',
		via: 'app',
		target,
		format: 'markdown',
		...asked,
		...more,
	});
	expect(row).toMatchObject({ key: 'order 7', priority: 0, deadlineAt: NOW + HOUR, bot: 'app' });
	expect(row.conversation).toBe('ou_1, ou_2');
	expect(entryOf(row).payload.unsent).toMatchObject({
		via: 'app',
		target,
		content: { type: 'markdown', text: 'Hello', ...asked },
	});
});

test('A key handed in again is the same message to the platform', () => {
	const seedOf = (key: string) => entryOf(take({ key })).payload.unsent!.seed;
	expect(seedOf('a')).toBe(seedOf('a'));
	expect(seedOf('a')).not.toBe(seedOf('b'));
});

test.each([
	['dingtalk', 'groupRobot', true],
	['dingtalk', 'app', false],
	['feishu', 'groupRobot', false],
	['feishu', 'app', true],
	['wecom', 'groupRobot', false],
	['wecom', 'app', true],
])('Whether %s’s %s knows a repetition: %s', (platform, via, repeatable) => {
	const target = via === 'app' ? { type: 'users', ids: ['u'] } : undefined;
	expect(entryOf(take({ platform, via, target })).payload.unsent!.repeatable).toBe(repeatable);
});

const app = { platform: 'feishu', via: 'app' };
const users = (ids: unknown) => ({ ...app, target: { type: 'users', ids } });

test.each([
	['no platform', { platform: undefined }, /"platform" must be one of: dingtalk, feishu, wecom/],
	['another platform', { platform: 'toString' }, /"platform"/],
	['no text', { text: undefined }, /"text" is missing/],
	['an empty text', { text: ' \n' }, /"text" is missing/],
	['an object for a text', { text: {} }, /"text" must be a text/],
	['a text that is too long', { text: '你'.repeat(33_334) }, /100002 bytes; at most 100000/],
	['a key that is too long', { key: 'k'.repeat(201) }, /"key" has 201 characters/],
	['a title that is too long', { title: 't'.repeat(201) }, /"title" has 201 characters/],
	['another way', { via: 'reply' }, /"via" must be one of: app, groupRobot/],
	['an app without a target', app, /"target.type"/],
	['nobody', users([]), /"target.ids" is empty/],
	['too many people', users(Array(1001).fill('u')), /1001 ids; at most 1000/],
	['ids that are none', users(['u', {}]), /holds something that is no id/],
	['a person for a list', users('u'), /"target.ids" must be a list/],
	['several groups', { ...app, target: { type: 'chat', ids: ['a', 'b'] } }, /several groups/],
	['departments of Feishu', { ...app, target: { type: 'tags', ids: ['1'] } }, /chat, users$/],
	['another kind of id', { ...app, target: { type: 'users', ids: ['u'], idType: 'x' } }, /idType/],
	['a target of a group robot', { target: { ids: ['c'] } }, /writes to its own group/],
	['another priority', { priority: 'urgent' }, /"priority" must be one of: alert/],
	['another format', { format: 'html' }, /"format" must be one of: text, markdown/],
	['a word for a yes', { mentionAll: 'yes' }, /"mentionAll" must be true or false/],
	['a deadline that is none', { deadline: 'soon' }, /"deadline" is no time/],
	['a deadline that has passed', { deadline: iso(NOW) }, /"deadline" has passed/],
])('A request with %s is refused, and told why', (_, fields, message) => {
	expect(() => take(fields)).toThrow(BadRequest);
	expect(() => take(fields)).toThrow(message);
});

test('What is just within the bounds is taken', () => {
	const ids = Array.from({ length: 1000 }, (_, n) => `u${n}`);
	const row = take({ ...users(ids), key: 'k'.repeat(200), text: 'x'.repeat(100_000) });
	expect(row.status).toBe('waiting');
});

test('Whatever is handed in makes a whole row or is refused', () => {
	const field = fc.constantFrom('platform', 'via', 'target', 'text', 'key', 'deadline', 'title');
	const fields = fc.dictionary(field, fc.anything());
	let taken = 0;
	fc.assert(
		fc.property(fc.oneof(fields, fc.anything()), (request) => {
			let row: DeliveryRow;
			try {
				row = take(request as object);
			} catch (error) {
				expect(error).toBeInstanceOf(BadRequest);
				return;
			}
			taken++;
			entryOf(row);
		}),
	);
	expect(taken).toBeGreaterThan(0);
});
