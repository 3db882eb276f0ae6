"""The parts of a profile: pictures, captions, and the shapes of the networks."""

from __future__ import annotations

from pydantic import Field

from training.starter.strict import Part


class Data(Part):
    """The pictures.

    Attributes:
        vocabulary: file beside this module.
        strangers: further objects that are drawn, so that the gallery's PCA rests on more than 1,000 pictures.
        augmentations: pictures of the bank per icon; the same share for each object and style.
        tinted, grounded, small: how often a picture is recoloured, stands on a coloured ground, is small.
        flip: how often it is mirrored. None on a CPU: each mirrored icon is a second shape to learn, and no word
            tells them apart.
        shift: largest move in pixels, so that seeds differ.
    """

    vocabulary: str = "vocabulary.json"
    strangers: int = Field(250, ge=1)
    augmentations: int = Field(64, ge=1)
    tinted: float = Field(0.4, ge=0, le=1)
    grounded: float = Field(0.4, ge=0, le=1)
    small: float = Field(0.15, ge=0, le=1)
    flip: float = Field(0.0, ge=0, le=1)
    shift: int = Field(1, ge=0, le=8)


class Words(Part):
    """Captions: how often parts are left out, so that short prompts and guidance work too.

    Attributes:
        unstyled: captions without a style. The first checkpoint had 0.15 and told styles apart at 0.45.
        synonym: captions that say a synonym for the object.
        empty: captions dropped for classifier-free guidance.
        tokens: longest text.
    """

    unstyled: float = Field(0.06, ge=0, le=1)
    synonym: float = Field(0.1, ge=0, le=1)
    empty: float = Field(0.1, ge=0, le=1)
    vocabulary_size: int = Field(1600, ge=600)
    tokens: int = Field(24, ge=8, le=77)


class Towers(Part):
    """The tiny CLIP: its text tower becomes the text encoder, its vision tower reads image prompts."""

    width: int = Field(192, ge=16)
    text_layers: int = Field(2, ge=1)
    vision_layers: int = Field(4, ge=1)
    heads: int = Field(6, ge=1)
    patch: int = Field(8, ge=4)


class Autoencoder(Part):
    """The VAE. Three widths make a factor of 4: 16 x 16 latents for 64 pixels."""

    widths: tuple[int, ...] = (32, 64, 128)
    layers: int = Field(1, ge=1)
    groups: int = Field(8, ge=1)
    crop: int = Field(32, ge=8, le=64)
    cropped: float = Field(0.6, ge=0, le=1)
    kl: float = Field(1e-5, ge=0)


class Denoiser(Part):
    """The UNet. Cross-attention below the top level alone: at 16 x 16 it cost a third of a step and gave little."""

    widths: tuple[int, ...] = (64, 128, 192)
    layers: int = Field(1, ge=1)
    groups: int = Field(16, ge=1)
    floor: float = Field(0.3, ge=0)
    gamma: float = Field(20.0, gt=0)
