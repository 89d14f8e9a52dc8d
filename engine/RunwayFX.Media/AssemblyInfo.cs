using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("RunwayFX.Media.Tests")]
