import type { Json } from '../http.ts';
import { parseJson } from '../http.ts';
import type { UserMessage } from '../messages.ts';
import { randomBytes } from '../aes.ts';
import type { World } from '../world.ts';
import { readCard } from './content.ts';

const TOASTS = ['info', 'success', 'warning', 'error'];

/** Feishu asks once for what a card shall show now, and never again. */
export const isCardAction = ({ eventType }: Pick<UserMessage, 'eventType'>) =>
	eventType === 'card.action.trigger';

const isObject = (value: unknown): value is Json =>
	!!value && typeof value === 'object' && !Array.isArray(value);

function wrongToast(toast: unknown): string | undefined {
	if (toast === undefined) return undefined;
	if (!isObject(toast)) return 'toast is no object';
	if (!TOASTS.includes(toast.type)) return `toast.type is none of ${TOASTS.join(', ')}`;
	const isTold = typeof toast.content === 'string' || isObject(toast.i18n);
	return isTold ? undefined : 'toast has neither content nor i18n';
}

function wrongCard(card: unknown): string | undefined {
	if (card === undefined) return undefined;
	if (!isObject(card) || !isObject(card.data)) return 'card has no data';
	if (card.type === 'raw') return undefined;
	if (card.type !== 'template') return 'card.type is neither raw nor template';
	return typeof card.data.template_id === 'string' ? undefined : 'card.data has no template_id';
}

/**
 * Why the answer to a card action is none (the user sees error 200672 then); undefined where it is one, which
 * the user sees: nothing, a toast, another card.
 */
export function takeCardAnswer(
	text: string,
	message: UserMessage,
	world: World,
): string | undefined {
	const answer = parseJson(Buffer.from(text));
	if (!answer) return 'the answer to a card action must be a JSON object';
	const wrong = wrongToast(answer.toast) ?? wrongCard(answer.card);
	if (wrong) return wrong;
	const show = (format: string, shown: string) =>
		world.messages.answer(message, {
			messageId: `om_${randomBytes(16).toString('hex')}`,
			text: shown,
			format,
			via: 'passive',
			linked: 'exact',
		});
	if (answer.toast) show('toast', answer.toast.content ?? Object.values(answer.toast.i18n)[0]);
	if (answer.card) show('card', readCard(answer.card.data).text);
	return undefined;
}
