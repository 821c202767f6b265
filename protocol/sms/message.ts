import { splitList } from '../text';
/** What the gateway is asked to send: a template (短信模板) of the account, filled in. */
export interface SmsMessage {
	/** As they were written: separated by commas, blanks or lines. */
	phoneNumbers: string;
	signName: string;
	templateCode: string;
	/** By the names that the template has: `${title}`. */
	variables: Readonly<Record<string, string>>;
}

/** What is wrong with a message, in words for whoever wrote it. */
export class BadSms extends Error {}

/** 个人认证 and most templates allow a variable 35 characters. */
export const MAX_VARIABLE_LENGTH = 35;
/** An alert that goes to more people than that is a mistake. */
const MAX_NUMBERS = 100;
const NUMBER = /^(\+|00)?\d{6,20}$/;

/**
 * The parameters of the action SendSms (version 2017-05-25).
 * @throws BadSms where a field is missing or wrong
 */
export function smsQuery(message: SmsMessage): Record<string, string> {
	const numbers = splitList(message.phoneNumbers.replace(/\s+/g, ','));
	if (numbers.length === 0) throw new BadSms('There is no phone number');
	if (numbers.length > MAX_NUMBERS) {
		throw new BadSms(`There are ${numbers.length} phone numbers; at most ${MAX_NUMBERS} are taken`);
	}
	const wrong = numbers.findIndex((number) => !NUMBER.test(number));
	if (wrong >= 0) {
		// Not repeated: it may be anything, and it is a person's.
		throw new BadSms(
			`Phone number ${wrong + 1} of ${numbers.length} is none: digits only, 13800138000`,
		);
	}
	if (message.signName.trim() === '') throw new BadSms('The signature (短信签名) is missing');
	if (message.templateCode.trim() === '')
		throw new BadSms('The template code (模板 CODE) is missing');
	const variables = Object.entries(message.variables).map(
		([name, value]) => [name, fitVariable(value)] as const,
	);
	return {
		PhoneNumbers: numbers.map((number) => number.replace(/^\+86|^0086/, '')).join(','),
		SignName: message.signName.trim(),
		TemplateCode: message.templateCode.trim(),
		...(variables.length > 0 && { TemplateParam: JSON.stringify(Object.fromEntries(variables)) }),
	};
}

const HOST = /[\w-]+(\.[\w-]+)+/g;
const DECIMAL = /^\d+\.\d+$/;

/**
 * A text as a template's variable takes it. Addresses of pages and hosts are refused there
 * (isv.PARAM_NOT_SUPPORT_URL), and so are line breaks, brackets of a signature and an empty text.
 */
export function fitVariable(text: string): string {
	const clean = text
		// More is never shown, and a pattern would take its time over a whole page.
		.slice(0, 500)
		.replace(/\w+:\/\//g, '')
		.replace(HOST, (host) => (DECIMAL.test(host) ? host : host.replaceAll('.', '·')))
		.replace(/[\s【】]+/g, ' ')
		.trim();
	const letters = [...clean];
	if (letters.length === 0) return '-';
	if (letters.length <= MAX_VARIABLE_LENGTH) return clean;
	return `${letters.slice(0, MAX_VARIABLE_LENGTH - 1).join('')}…`;
}
