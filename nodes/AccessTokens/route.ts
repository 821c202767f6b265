import { asText, type Fields } from '../../protocol/fields';

/** Last part of the address that the Webhook node was called at. */
export function routeOf({ webhookUrl }: Fields): string {
	return asText(webhookUrl).split(/[?#]/)[0]!.split('/').at(-1)!;
}
