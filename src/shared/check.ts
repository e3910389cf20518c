// Checks of values that come from outside: the webview's messages, and what the editor kept.

export const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
export const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
export const isText = (value: unknown, longest: number): value is string => typeof value === 'string' && value.length <= longest;
