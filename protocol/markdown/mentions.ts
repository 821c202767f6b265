/*
 * Markup that mentions people: `<at user_id="…">` and `<@…>`. What a model or a person wrote mentions nobody:
 * such markup is shown as text, unless the message's own fields name who it mentions.
 */

/** What a platform may skip: blanks, and characters that nobody sees. */
const SKIPPED = '[\\s\\p{Cc}\\p{Default_Ignorable_Code_Point}]*';
/** The beginning of such markup, on any platform, however it is spaced. */
const AT = `a${SKIPPED}t(?![a-z0-9])`;
const MENTION = new RegExp(`<(?=${SKIPPED}/?${SKIPPED}(?:@|${AT}))`, 'giu');
/** Of Feishu's alone: `<@` is an annotation in many a language. */
const TAG = new RegExp(`<(?=${SKIPPED}/?${SKIPPED}${AT})`, 'giu');

/** Whole markup, in the forms of the platforms; what is named is an id. */
const WHOLE = /<at (?:user_id|id)="?([^\s"<>=]+)"?>[^<>]{0,200}<\/at>|<@([^\s<>@]+)>/y;

/** A full-width `<` (U+FF1C): it looks the same, and begins no markup. */
const HARMLESS = '＜';

/** A text whose markup mentions those alone that `ids` holds. */
export const withoutMentions = (text: string, ids: readonly string[] = []): string =>
	withoutMarkup(text, MENTION, ids);

/** The same where code may hold annotations: Feishu's markup alone. */
export const withoutTags = (text: string, ids: readonly string[] = []): string =>
	withoutMarkup(text, TAG, ids);

function withoutMarkup(text: string, markup: RegExp, ids: readonly string[]): string {
	let out = '';
	let copied = 0;
	markup.lastIndex = 0;
	for (let found = markup.exec(text); found; found = markup.exec(text)) {
		WHOLE.lastIndex = found.index;
		const [whole, ofTag, ofSign] = WHOLE.exec(text) ?? [];
		if (whole !== undefined && ids.includes(ofTag ?? ofSign ?? '')) {
			markup.lastIndex = found.index + whole.length;
		} else {
			out += text.slice(copied, found.index) + HARMLESS;
			copied = found.index + 1;
		}
	}
	return out + text.slice(copied);
}

/** The ids that markup in a text mentions. */
export const mentionedIn = (text: string): string[] =>
	[...text.matchAll(new RegExp(WHOLE.source, 'g'))].map(([, ofTag, ofSign]) => ofTag ?? ofSign!);

/** Whether a text holds markup that mentions this id. */
export const mentions = (text: string, id: string): boolean => mentionedIn(text).includes(id);
