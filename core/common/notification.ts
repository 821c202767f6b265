/** What operators are told through `notify-operations`. The same key is sent once, however often it is handed in. */
export interface OperationsNotification {
	title: string;
	text: string;
	key: string;
	priority: 'alert' | 'broadcast';
}
