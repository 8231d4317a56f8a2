/** Of this build; the same number as the OpCenter it was downloaded from. */
export const FLOAT_VERSION = '0.1.0'
