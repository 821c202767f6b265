/** Ways in which a notification reaches people. */
export const CHANNELS = ['email', 'sms', 'operations', 'wecom', 'dingtalk', 'feishu'] as const;

export type AlertChannel = (typeof CHANNELS)[number];

/** What `send-alert` takes. */
export interface AlertNotification {
	channel: AlertChannel;
	/** One line: the subject of an e-mail, the heading in a group. */
	title: string;
	/** Plain, below the title, which it does not repeat. SMS carries the title alone. */
	text: string;
	/** The same key is sent once on a channel, however often it is handed in. */
	key: string;
	/** For the delivery queue; `alert` where it is left out. */
	priority?: 'alert' | 'broadcast';
	/** E-mail addresses or phone numbers, comma-separated; where left out, those of the workflow. */
	to?: string;
}
