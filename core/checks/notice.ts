/** For `notify-operations`: the same key is sent once, however often it is handed in. */
export interface Notice {
	title: string;
	text: string;
	key: string;
	priority: 'alert' | 'broadcast';
}
