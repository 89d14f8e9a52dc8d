namespace AdobeEffects.Raw;

/// <summary>Pixel formats, as little-endian four-character codes: <c>PF_PixelFormat</c> of After Effects and <c>PrPixelFormat</c> of Premiere share
/// one number space.</summary>
/// <remarks>Bytes in memory go as the name says: BGRA is blue first. 16-bit channels of After Effects go from 0 to 32768.</remarks>
public enum PF_PixelFormat : uint
{
    PF_PixelFormat_NONE = 0,

    // 'argb', 'ae16', 'ae32': After Effects.
    PF_PixelFormat_ARGB32 = 0x62677261,
    PF_PixelFormat_ARGB64 = 0x36316561,
    PF_PixelFormat_ARGB128 = 0x32336561,

    // 'bgra', 'BGra', 'BGaL': Premiere.
    PrPixelFormat_BGRA_4444_8u = 0x61726762,
    PrPixelFormat_BGRA_4444_32f = 0x61724742,
    PrPixelFormat_BGRA_4444_32f_Linear = 0x4C614742,

    // 'badf': no picture.
    PF_PixelFormat_INVALID = 0x66646162,
}
