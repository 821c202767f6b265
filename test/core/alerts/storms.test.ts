import type { Sample } from '../../../core/common/sample';
import fc from 'fast-check';
import type { AlertChannel } from '../../../core/alerts/contract';
import { busiestMinute, rule, Watch } from './watch';

const CHANNELS: AlertChannel[] = ['email', 'sms', 'operations', 'wecom', 'dingtalk', 'feishu'];

const hosts = (count: number, value: number, prefix = 'node-'): Array<Partial<Sample>> =>
	Array.from({ length: count }, (_, index) => ({
		target: `${prefix}${String(index).padStart(4, '0')}`,
		value,
	}));

/** Hosts that the messages of a channel name under some word. */
function named({ sent }: Watch, channel: AlertChannel, word: string): string[] {
	return sent
		.filter((notification) => notification.channel === channel)
		.flatMap(({ title, text }) =>
			`${title}\n${text}`.split(/\n(?=🔴|✅|⏫)/u).filter((part) => part.includes(word)),
		)
		.flatMap((part) => part.match(/node-\d{4}/gu) ?? []);
}

describe('a storm', () => {
	it.each([[['wecom']], [['email', 'sms']], [CHANNELS]])(
		'of 1,000 alerts on %j is at most 15 messages in a minute, and every alert is in them once',
		(channels) => {
			const watch = new Watch([rule({ channels: channels.join(', ') })]);
			watch.tick(hosts(1000, 91));
			expect(watch.sent.length).toBeLessThanOrEqual(15);
			const first = watch.sent.length;
			for (let minute = 1; minute < 5; minute++) watch.at(minute).tick(hosts(1000, 91));
			expect(busiestMinute(watch)).toBeLessThanOrEqual(15);
			for (const channel of channels as AlertChannel[]) {
				if (channel === 'sms') {
					expect(watch.sent.find((each) => each.channel === channel)!.title).toBe(
						'告警 Alerts 1000：告警 Alert：CPU × 1000',
					);
				}
				const found = named(watch, channel, '告警 Alert');
				expect([found.length, new Set(found).size]).toEqual([1000, 1000]);
			}
			if (channels.length < CHANNELS.length) expect(watch.sent).toHaveLength(first);
		},
	);

	it('counts all runs of a minute together', () => {
		const watch = new Watch([rule()]);
		for (let run = 0; run < 12; run++) {
			const source = `run ${run}`;
			watch.at(run / 6).tick(hosts(100, 91).map((each) => ({ ...each, source })));
			watch.tick(hosts(2, 91).map((each) => ({ ...each, source: `${source}, later` })));
		}
		for (let minute = 3; minute < 6; minute++) watch.at(minute).tick([]);
		expect(watch.sent.length).toBeGreaterThan(15);
		expect(busiestMinute(watch)).toBeLessThanOrEqual(15);
		expect(named(watch, 'wecom', '告警 Alert')).toHaveLength(12 * 102);
		expect(watch.isQuiet).toBe(true);
	});

	it('keeps every message of WeCom within what its group robots take', () => {
		const long = hosts(1000, 91, `${'机'.repeat(40)}node-`);
		const watch = new Watch([rule({ name: '规则'.repeat(30) })]);
		for (let minute = 0; minute < 9; minute++) watch.at(minute).tick(long);
		expect(
			Math.max(...watch.sent.map(({ title, text }) => Buffer.byteLength(`${title}\n${text}`))),
		).toBeLessThanOrEqual(2048);
		expect(new Set(named(watch, 'wecom', '告警 Alert')).size).toBe(1000);
	});

	it.each([0, 1000])(
		'is told by one of two runs at once, the other one with %i samples, and loses nobody',
		(count) => {
			const watch = new Watch();
			const slow = watch.tick(hosts(1000, 91), 'saving');
			watch.at(1).tick(hosts(count, 91));
			watch.at(1.5).carryOut(slow);
			expect(watch.sent.length > 0).toBe(count > 0);
			for (let minute = 2; minute < 8; minute++) watch.at(minute).tick(hosts(1000, 91));
			const found = named(watch, 'wecom', '告警 Alert');
			expect([found.length, new Set(found).size]).toEqual([1000, 1000]);
			expect(watch.isQuiet).toBe(true);
		},
	);

	it('would be told twice if the slower of two runs saved and sent as well', () => {
		const watch = new Watch();
		watch.isCareless = true;
		const slow = watch.tick(hosts(1000, 91), 'saving');
		watch.at(1).tick(hosts(1000, 91));
		watch.at(1.5).carryOut(slow);
		expect(named(watch, 'wecom', '告警 Alert')).toHaveLength(2000);
	});

	it('that a slow run still sends is not sent by the next one, and its end waits for it', () => {
		const watch = new Watch();
		const slow = watch.tick(hosts(1000, 91), 'saving');
		watch.carryOut(slow, 'half sent');
		for (let minute = 1; minute < 3; minute++) {
			expect(watch.at(minute).tick(hosts(1000, 91)).notifications).toEqual([]);
		}
		const again = watch.at(3).tick(hosts(1000, 91)).notifications;
		expect(again.map(({ key }) => key).sort()).toEqual(
			slow.notifications.map(({ key }) => key).sort(),
		);
		expect(named(watch, 'wecom', '告警 Alert')).toHaveLength(1000);
		expect(watch.at(4).tick(hosts(1000, 91)).notifications).toEqual([]);
	});

	it('is told also after a clock was set back: what left in the future does not count', () => {
		const watch = new Watch([rule(), rule({ name: 'Other', metric: 'other' })]);
		watch.at(60).tick([...hosts(1000, 91, 'a-node-'), ...hosts(1000, 91, 'b-node-')]);
		expect(watch.sent).toHaveLength(15);
		for (const minute of [0, 0.5, 1, 1.5]) {
			watch.at(minute).tick(hosts(1000, 91).map((each) => ({ ...each, metric: 'other' })));
		}
		expect(new Set(named(watch, 'wecom', 'Other')).size).toBe(1000);
	});

	it('is acknowledged with one order, and over with as few messages as it began', () => {
		const watch = new Watch([rule({ escalateTo: 'sms' })]);
		watch.tick(hosts(1000, 91));
		const begun = watch.sent.length;
		expect(watch.at(1).say('/alert ack all').orders).toHaveLength(1);
		for (let minute = 2; minute < 15; minute++) watch.at(minute).tick(hosts(1000, 91));
		expect(new Set(watch.alerts.map(({ status }) => status))).toEqual(new Set(['acknowledged']));
		for (let minute = 15; minute < 25; minute++) watch.at(minute).tick(hosts(1000, 20));
		expect(new Set(named(watch, 'wecom', '恢复 Resolved')).size).toBe(1000);
		expect(watch.sent).toHaveLength(2 * begun);
	});

	it('stays small in the table, with half an hour of values of each', () => {
		const watch = new Watch([rule({ forMinutes: 5 })]);
		for (let minute = 0; minute < 40; minute++) {
			watch.at(minute).tick(hosts(200, 50 + (minute % 37) + 0.1));
		}
		expect(watch.row.state!.length).toBeLessThan(200 * 600);
		expect(watch.row.list!.length).toBeLessThan(5000);
	});

	it('leaves few alerts in full', () => {
		const watch = new Watch([rule()]);
		watch.tick(hosts(3, 91));
		expect(watch.sent).toHaveLength(3);
		watch.at(1).tick(hosts(7, 91).slice(3));
		expect(watch.titles.slice(3)).toEqual(['告警 Alerts 4：告警 Alert：CPU × 4']);
	});
});

describe('flapping', () => {
	it('20 times in ten minutes is at most two messages', () => {
		const watch = new Watch();
		for (let half = 0; half <= 20; half++) watch.values([half / 2, half % 2 === 0 ? 91 : 20]);
		watch.steady(11, 30, 20);
		expect(watch.sent).toHaveLength(2);
	});

	it('at any times within ten minutes is at most two messages', () => {
		fc.assert(
			fc.property(
				fc.uniqueArray(fc.integer({ min: 0, max: 600 }), { minLength: 20, maxLength: 40 }),
				(seconds) => {
					const watch = new Watch();
					const times = seconds.sort((a, b) => a - b);
					const steps = Array.from({ length: 61 }, (_, index) => index * 10);
					for (const time of [...new Set([...times, ...steps])].sort((a, b) => a - b)) {
						const changes = times.filter((each) => each <= time).length;
						watch.values([time / 60, changes % 2 === 1 ? 91 : 20]);
					}
					expect(watch.sent.length).toBeLessThanOrEqual(2);
				},
			),
			{ numRuns: 60 },
		);
	});

	it('would be told each time without these waits: what is slower than they are is', () => {
		const watch = new Watch();
		for (let period = 0; period < 3; period++) {
			watch.steady(period * 12, period * 12 + 2, 91);
			watch.steady(period * 12 + 3, period * 12 + 11, 20);
		}
		expect(watch.sent).toHaveLength(6);
	});
});
