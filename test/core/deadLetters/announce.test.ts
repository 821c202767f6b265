import { announce } from '../../../core/deadLetters/announce';
import type { DeliveryRow } from '../../../core/delivery/delivery';
import { CANARY, HOUR, NOW, context, row } from './rows';

/** The rows after their changes have been saved. */
function saved(rows: DeliveryRow[], changes: DeliveryRow[]): DeliveryRow[] {
	return rows.map((before) => changes.find(({ key }) => key === before.key) ?? before);
}

it('tells a group of like failures once, whatever comes after', () => {
	let rows = [row(), row(), row()];
	const first = announce(rows, context);
	expect(first.notifications).toHaveLength(1);
	expect(first.changes.map(({ announced, version }) => [announced, version])).toEqual([
		['open', 4],
		['open', 4],
		['open', 4],
	]);

	rows = [...saved(rows, first.changes), row()];
	const second = announce(rows, context);
	expect(second.notifications).toEqual([]);
	expect(second.changes.map(({ key }) => key)).toEqual([rows[3]!.key]);
	expect(announce(saved(rows, second.changes), context)).toEqual({
		notifications: [],
		changes: [],
	});
});

it('says of a workflow that failed what helps there: nothing of it can be sent again', () => {
	const cureOf = (fields: Partial<DeliveryRow>): string =>
		announce([row({ class: 'badRequest', ...fields })], context).notifications[0]!.text;
	expect(cureOf({ kind: 'failure' })).toContain('retry that execution in n8n');
	expect(cureOf({ kind: 'failure' })).not.toContain('edit the text');
	expect(cureOf({})).toContain('edit the text');
});

it('says what failed, how often, when, why, what to do and where to look', () => {
	const { notifications } = announce(
		[row({ settledAtMs: NOW }), row(), row({ status: 'uncertain' })],
		context,
	);
	const { text, priority } = notifications[0]!;
	expect(priority).toBe('alert');
	for (const part of [
		'钉钉 DingTalk · app',
		'permissionDenied',
		'Forbidden.AccessDenied',
		'3（其中 1 条可能已送达',
		// 07:00 and 08:00 UTC in Shanghai.
		'2026-03-02 15:00 – 2026-03-02 16:00',
		'The app may not send',
		'在平台后台开通权限',
		'http://n8n/workflow/w1/executions/17',
		'死信页 Letter: http://n8n/letters?id=key ',
		'/dlq show ',
		'/dlq list group=',
	]) {
		expect(text).toContain(part);
	}
});

it('uses the same key when it is asked again before the rows were marked, also when more have died', () => {
	const rows = [row(), row()];
	const [first] = announce(rows, context).notifications;
	const [again] = announce([...rows, row({ settledAtMs: NOW })], context).notifications;
	expect(again!.key).toBe(first!.key);
	const [other] = announce([row({ fingerprint: 'another' })], context).notifications;
	expect(other!.key).not.toBe(first!.key);
});

it('tells a group again that was drained and has failed again', () => {
	const died = row({ announced: '' });
	const [first] = announce([died], context).notifications;
	const [later] = announce([{ ...died, version: 9, settledAtMs: NOW }], context).notifications;
	expect(later!.key).not.toBe(first!.key);
});

it('says when a group is drained: not while one of it is dead, uncertain or tried again', () => {
	const open = { announced: 'open' as const };
	const done = [row({ ...open, status: 'delivered' }), row({ ...open, status: 'discarded' })];
	for (const status of ['dead', 'uncertain', 'waiting'] as const) {
		expect(announce([...done, row({ ...open, status })], context)).toEqual({
			notifications: [],
			changes: [],
		});
	}
	// One that nobody was told of yet belongs to the group as well.
	expect(announce([...done, row()], context).notifications).toEqual([]);

	const { notifications, changes } = announce(done, context);
	expect(notifications).toHaveLength(1);
	expect(notifications[0]!.text).toContain('1 条已送达 delivered，1 条已丢弃 discarded');
	expect(changes.map(({ announced }) => announced)).toEqual(['closed', 'closed']);
	expect(announce(changes, context)).toEqual({ notifications: [], changes: [] });
});

it('tells many groups in ten alerts and a digest, and leaves none out', () => {
	const rows = Array.from({ length: 25 }, (_, index) =>
		row({ fingerprint: `f${index}`, code: `code-${index}.`, settledAtMs: NOW - HOUR + index }),
	);
	const { notifications, changes } = announce(rows, context);
	expect(notifications).toHaveLength(11);
	expect(notifications[10]!.text).toContain('15 类失败');
	expect(notifications[10]!.text).toContain('死信页 Letters: http://n8n/letters\n');
	const said = notifications.map(({ text }) => text).join('\n');
	for (const { code } of rows) expect(said).toContain(code);
	expect(changes).toHaveLength(25);
	expect(new Set(notifications.map(({ key }) => key)).size).toBe(11);
});

it('does not repeat the secrets of a reason', () => {
	const reason = `bad https://oapi.dingtalk.com/robot/send?access_token=${CANARY} token=${CANARY}`;
	expect(announce([row({ reason })], context).notifications[0]!.text).not.toContain(CANARY);
});
