import type { OperationsNotification } from '../common/notification';
import type { ClockState, Level } from './clock';

export type Told = Pick<ClockState, 'level' | 'sinceMs' | 'toldLevel' | 'toldMs'>;

const HEADLINES: Readonly<Record<Level, string>> = {
	ok: '✅ 时钟恢复正常 Clock is right again',
	warn: '🟡 时钟偏差 Clock drifts',
	alarm: '🔴 时钟严重偏差 Clock is far off',
	unknown: '⚪ 时钟无法检查 Clock cannot be checked',
};

const CURE = [
	'影响 Effect: 钉钉、飞书和企业微信按时间校验签名，偏差过大时消息会被拒绝。 Signatures carry the time: platforms refuse messages when it is far off.',
	'办法 Cure: 在该主机上运行 timedatectl set-ntp true，或检查 chrony（chronyc tracking）；容器使用宿主机的时钟。 On that host run timedatectl set-ntp true, or look at chrony; a container has its host’s clock.',
];

const UNREACHABLE =
	'办法 Cure: 检查网络、代理、SSH 凭证和表 clawbot_hosts。 Check network, proxy, the SSH credential and the table clawbot_hosts.';

/** What people are told of a clock whose level they do not know yet, or need to be reminded of. */
export function notificationOf(state: ClockState, toldBefore: Level): OperationsNotification {
	const { subject, level, note, sinceMs, toldMs } = state;
	const lines = [
		`${HEADLINES[level]}: ${subject}`,
		...(level === 'unknown' ? [] : [driftText(state)]),
		...(note ? [note] : []),
		...(level === 'unknown' ? [UNREACHABLE] : level === 'ok' ? [] : CURE),
	];
	return {
		title: '时钟 Clock',
		text: lines.join('\n'),
		// A crash before the state is saved tells it again under the same key.
		key: `clock:${subject}:${toldBefore}:${level}:${sinceMs}:${Math.floor(toldMs / 86_400_000)}`,
		priority: 'alert',
	};
}

function driftText({ driftMs, uncertaintyMs }: ClockState): string {
	const amount = `${seconds(Math.abs(driftMs))} s (± ${seconds(uncertaintyMs)})`;
	return driftMs < 0
		? `比平台慢 Behind the platforms: ${amount}`
		: `比平台快 Ahead of the platforms: ${amount}`;
}

const seconds = (ms: number): string => (ms / 1000).toFixed(1);
