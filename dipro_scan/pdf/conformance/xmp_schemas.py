"""The properties that XMP predefines, with their types (XMP Specification, September 2005, chapter 4).

ISO 19005-2, 6.6.2.3.1 allows these without an extension schema, and the PDF/A identification of 6.6.4.
Tables are written `type: names`, a line per type.
"""

from __future__ import annotations

from typing import Final

from dipro_scan.pdf.conformance.xmp_types import Structure

PDFA_ID: Final = "http://www.aiim.org/pdfa/ns/id/"
DUBLIN_CORE: Final = "http://purl.org/dc/elements/1.1/"
BASIC: Final = "http://ns.adobe.com/xap/1.0/"
RIGHTS: Final = "http://ns.adobe.com/xap/1.0/rights/"
MEDIA_MANAGEMENT: Final = "http://ns.adobe.com/xap/1.0/mm/"
BASIC_JOB: Final = "http://ns.adobe.com/xap/1.0/bj/"
PAGED_TEXT: Final = "http://ns.adobe.com/xap/1.0/t/pg/"
DYNAMIC_MEDIA: Final = "http://ns.adobe.com/xmp/1.0/DynamicMedia/"
ADOBE_PDF: Final = "http://ns.adobe.com/pdf/1.3/"
PHOTOSHOP: Final = "http://ns.adobe.com/photoshop/1.0/"
CAMERA_RAW: Final = "http://ns.adobe.com/camera-raw-settings/1.0/"
TIFF: Final = "http://ns.adobe.com/tiff/1.0/"
EXIF: Final = "http://ns.adobe.com/exif/1.0/"
EXIF_AUX: Final = "http://ns.adobe.com/exif/1.0/aux/"


def _table(lines: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines.strip().splitlines():
        kind, _, names = line.partition(":")
        found |= dict.fromkeys(names.split(), kind.strip())
    return found


STRUCTURES: Final = {
    "dimensions": Structure("http://ns.adobe.com/xap/1.0/sType/Dimensions#", _table("real: w h\ntext: unit")),
    "thumbnail": Structure(
        "http://ns.adobe.com/xap/1.0/g/img/",
        _table("integer: height width\ntext: image format"),
    ),
    "resourceevent": Structure(
        "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#",
        _table("text: action parameters\nuri: instanceID\nagentname: softwareAgent\ndate: when"),
    ),
    "resourceref": Structure(
        "http://ns.adobe.com/xap/1.0/sType/ResourceRef#",
        _table(
            """
            uri: instanceID documentID manageTo manageUI
            text: versionID renditionParams managerVariant
            renditionclass: renditionClass
            agentname: manager
            """
        ),
    ),
    "version": Structure(
        "http://ns.adobe.com/xap/1.0/sType/Version#",
        _table("text: comments version\nresourceevent: event\ndate: modifyDate\npropername: modifier"),
    ),
    "job": Structure("http://ns.adobe.com/xap/1.0/sType/Job#", _table("text: name id\nurl: url")),
    "flash": Structure(EXIF, _table("boolean: Fired Function RedEyeMode\ntext: Return Mode")),
    "oecf/sfr": Structure(EXIF, _table("integer: Columns Rows\nseq text: Names\nseq rational: Values")),
    "cfapattern": Structure(EXIF, _table("integer: Columns Rows\nseq integer: Values")),
    "devicesettings": Structure(EXIF, _table("integer: Columns Rows\nseq text: Settings")),
    "colorant": Structure(
        "http://ns.adobe.com/xap/1.0/g/",
        _table("text: swatchName mode type\nreal: cyan magenta yellow black L\ninteger: red green blue A B"),
    ),
    "font": Structure(
        "http://ns.adobe.com/xap/1.0/sType/Font#",
        _table(
            """
            text: fontName fontFamily fontFace fontType versionString fontFileName
            boolean: composite
            seq text: childFontFiles
            """
        ),
    ),
    "beatsplicestretch": Structure(
        DYNAMIC_MEDIA, _table("boolean: useFileBeatsMarker\nreal: riseInDecibel\ntime: riseInTimeDuration")
    ),
    "marker": Structure(
        DYNAMIC_MEDIA, _table("any: startTime duration\ntext: comment name target type\nuri: location")
    ),
    "media": Structure(
        DYNAMIC_MEDIA,
        _table("uri: path webStatement\ntext: track\ntime: startTime duration\nboolean: managed"),
    ),
    "projectlink": Structure(DYNAMIC_MEDIA, _table("uri: path\ntext: type")),
    "resamplestretch": Structure(DYNAMIC_MEDIA, _table("text: quality")),
    "time": Structure(DYNAMIC_MEDIA, _table("integer: value\nrational: scale")),
    "timecode": Structure(DYNAMIC_MEDIA, _table("text: timeValue timeFormat")),
    "timescalestretch": Structure(
        DYNAMIC_MEDIA, _table("real: frameSize frameOverlappingPercentage\ntext: quality")
    ),
}

PROPERTIES: Final = {
    PDFA_ID: _table("integer: part\ntext: conformance amd corr"),
    DUBLIN_CORE: _table(
        """
        bag propername: contributor publisher
        text: coverage identifier source
        seq propername: creator
        seq date: date
        lang alt: description rights title
        mimetype: format
        bag locale: language
        bag text: relation subject type
        """
    ),
    BASIC: _table(
        """
        bag text: Advisory Identifier
        url: BaseURL
        date: CreateDate MetadataDate ModifyDate
        agentname: CreatorTool
        text: Nickname Label
        real: Rating
        alt thumbnail: Thumbnails
        """
    ),
    RIGHTS: _table(
        "url: Certificate WebStatement\nboolean: Marked\nbag propername: Owner\nlang alt: UsageTerms"
    ),
    MEDIA_MANAGEMENT: _table(
        """
        resourceref: DerivedFrom ManagedFrom RenditionOf
        uri: DocumentID InstanceID ManageTo ManageUI
        seq resourceevent: History
        agentname: Manager
        text: ManagerVariant RenditionParams VersionID
        renditionclass: RenditionClass
        seq version: Versions
        url: LastURL
        integer: SaveID
        """
    ),
    BASIC_JOB: _table("bag job: JobRef"),
    PAGED_TEXT: _table(
        """
        dimensions: MaxPageSize
        integer: NPages
        bag font: Fonts
        seq colorant: Colorants
        seq text: PlateNames
        """
    ),
    DYNAMIC_MEDIA: _table(
        """
        projectlink: projectRef
        text: videoFrameRate videoPixelDepth videoColorSpace videoAlphaMode videoFieldOrder videoCompressor
        text: pullDown audioSampleType audioChannelType audioCompressor speakerPlacement tapeName altTapeName
        text: scene shotName shotLocation logComment artist album genre copyright composer engineer instrument
        text: key stretchMode timeSignature scaleType
        dimensions: videoFrameSize
        rational: videoPixelAspectRatio fileDataRate
        boolean: videoAlphaUnityIsTransparent loop
        colorant: videoAlphaPremultipleColor
        integer: audioSampleRate trackNumber
        timecode: startTimecode altTimecode
        time: duration introTime outCue relativeTimestamp
        date: shotDate videoModDate audioModDate metadataModDate releaseDate
        seq marker: markers
        bag media: contributedMedia
        uri: absPeakAudioFilePath relativePeakAudioFilePath
        real: tempo numberOfBeats
        timescalestretch: timeScaleParams
        resamplestretch: resampleParams
        beatsplicestretch: beatSpliceParams
        """
    ),
    ADOBE_PDF: _table("text: Keywords PDFVersion\nagentname: Producer"),
    PHOTOSHOP: _table(
        """
        text: AuthorsPosition Category City Country Credit Headline Instructions Source State
        text: TransmissionReference
        propername: CaptionWriter
        date: DateCreated
        bag text: SupplementalCategories
        integer: Urgency
        """
    ),
    CAMERA_RAW: _table(
        """
        boolean: AutoBrightness AutoContrast AutoExposure AutoShadows HasCrop HasSettings
        integer: BlueHue BlueSaturation Brightness ChromaticAberrationB ChromaticAberrationR
        integer: ColorNoiseReduction
        integer: Contrast CropUnits GreenHue GreenSaturation LuminanceSmoothing RedHue RedSaturation
        integer: Saturation
        integer: Shadows ShadowTint Sharpness Temperature Tint VignetteAmount VignetteMidpoint
        text: CameraProfile RawFileName ToneCurveName Version WhiteBalance
        real: CropTop CropLeft CropBottom CropRight CropAngle CropWidth CropHeight Exposure
        seq text: ToneCurve
        """
    ),
    TIFF: _table(
        """
        integer: ImageWidth ImageLength SamplesPerPixel Compression PhotometricInterpretation Orientation
        integer: PlanarConfiguration YCbCrPositioning ResolutionUnit
        seq integer: BitsPerSample TransferFunction YCbCrSubSampling
        rational: XResolution YResolution
        seq rational: WhitePoint PrimaryChromaticities YCbCrCoefficients ReferenceBlackWhite
        date: DateTime
        lang alt: ImageDescription Copyright
        propername: Make Model Artist
        agentname: Software
        """
    ),
    EXIF: _table(
        """
        text: ExifVersion FlashpixVersion RelatedSoundFile SpectralSensitivity ImageUniqueID GPSVersionID
        text: GPSSatellites GPSMapDatum GPSProcessingMethod GPSAreaInformation GPSMeasureMode GPSStatus
        text: GPSSpeedRef
        text: GPSTrackRef GPSImgDirectionRef GPSDestBearingRef GPSDestDistanceRef
        integer: ColorSpace PixelXDimension PixelYDimension FocalLengthIn35mmFilm LightSource ExposureProgram
        integer: MeteringMode FocalPlaneResolutionUnit SensingMethod FileSource SceneType CustomRendered
        integer: ExposureMode
        integer: WhiteBalance SceneCaptureType GainControl Contrast Saturation Sharpness SubjectDistanceRange
        integer: GPSAltitudeRef GPSDifferential
        seq integer: ComponentsConfiguration ISOSpeedRatings SubjectArea SubjectLocation
        rational: CompressedBitsPerPixel ExposureTime FNumber ShutterSpeedValue ApertureValue BrightnessValue
        rational: ExposureBiasValue MaxApertureValue SubjectDistance FocalLength FlashEnergy
        rational: FocalPlaneXResolution
        rational: FocalPlaneYResolution ExposureIndex DigitalZoomRatio GPSAltitude GPSDOP GPSSpeed GPSTrack
        rational: GPSImgDirection GPSDestBearing GPSDestDistance
        lang alt: UserComment
        date: DateTimeOriginal DateTimeDigitized GPSTimeStamp
        oecf/sfr: OECF SpatialFrequencyResponse
        flash: Flash
        cfapattern: CFAPattern
        devicesettings: DeviceSettingDescription
        gpscoordinate: GPSLatitude GPSLongitude GPSDestLatitude GPSDestLongitude
        """
    ),
    EXIF_AUX: _table("text: Lens SerialNumber"),
}
