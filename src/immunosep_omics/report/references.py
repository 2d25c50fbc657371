"""Literature that the methods text cites, by the words that cite it."""

from __future__ import annotations

REFERENCES: dict[str, str] = {
    "Anders & Huber 2010": "Anders S, Huber W. Differential expression analysis for sequence count"
    " data. Genome Biol 2010;11:R106.",
    "Bartholomew 2011": "Bartholomew D, Knott M, Moustaki I. Latent variable models and factor"
    " analysis: a unified approach. 3rd ed. Wiley 2011.",
    "Argelaguet 2018": "Argelaguet R, Velten B, Arnol D, Dietrich S, Zenz T, Marioni JC, et al."
    " Multi-omics factor analysis: a framework for unsupervised integration of multi-omics data"
    " sets. Mol Syst Biol 2018;14:e8124.",
    "Bolstad 2003": "Bolstad BM, Irizarry RA, Åstrand M, Speed TP. A comparison of normalization"
    " methods for high density oligonucleotide array data based on variance and bias."
    " Bioinformatics 2003;19:185-193.",
    "Belkin & Niyogi 2003": "Belkin M, Niyogi P. Laplacian eigenmaps for dimensionality reduction"
    " and data representation. Neural Comput 2003;15:1373-1396.",
    "Benjamini & Hochberg 1995": "Benjamini Y, Hochberg Y. Controlling the false discovery rate."
    " J R Stat Soc B 1995;57:289-300.",
    "Bullard 2010": "Bullard JH, Purdom E, Hansen KD, Dudoit S. Evaluation of statistical methods"
    " for normalization and differential expression in mRNA-Seq experiments. BMC Bioinformatics"
    " 2010;11:94.",
    "Chen 2016": "Chen Y, Lun ATL, Smyth GK. From reads to genes to pathways: differential"
    " expression analysis of RNA-Seq experiments using Rsubread and the edgeR quasi-likelihood"
    " pipeline. F1000Research 2016;5:1438.",
    "DeLong 1988": "DeLong ER, DeLong DM, Clarke-Pearson DL. Comparing the areas under two or more"
    " correlated receiver operating characteristic curves. Biometrics 1988;44:837-845.",
    "Dempster 1977": "Dempster AP, Laird NM, Rubin DB. Maximum likelihood from incomplete data via"
    " the EM algorithm. J R Stat Soc B 1977;39:1-22.",
    "Fraley & Raftery 2002": "Fraley C, Raftery AE. Model-based clustering, discriminant analysis,"
    " and density estimation. J Am Stat Assoc 2002;97:611-631.",
    "Moore 2025": "Moore et al., SUBSPACE consortium. Hi-DEF, a consensus framework of immune"
    " dysregulation in sepsis, 2025.",
    "Sweeney 2016": "Sweeney TE, Wong HR, Khatri P. Robust classification of bacterial and viral"
    " infections via integrated host gene expression diagnostics. Sci Transl Med 2016;8:346ra91.",
    "Zhang 2018": "Zhang Y, Jenkins DF, Manimaran S, Johnson WE. Alternative empirical Bayes models"
    " for adjusting for batch effects in genomic studies. BMC Bioinformatics 2018;19:262.",
    "Schwarz 1978": "Schwarz G. Estimating the dimension of a model. Ann Stat 1978;6:461-464.",
    "DerSimonian & Laird 1986": "DerSimonian R, Laird N. Meta-analysis in clinical trials."
    " Control Clin Trials 1986;7:177-188.",
    "Escofier & Pagès 1994": "Escofier B, Pagès J. Multiple factor analysis (AFMULT package)."
    " Comput Stat Data Anal 1994;18:121-140.",
    "Hartung & Knapp 2001": "Hartung J, Knapp G. A refined method for the meta-analysis of"
    " controlled clinical trials with binary outcome. Stat Med 2001;20:3875-3889.",
    "Higgins 2009": "Higgins JPT, Thompson SG, Spiegelhalter DJ. A re-evaluation of random-effects"
    " meta-analysis. J R Stat Soc A 2009;172:137-159.",
    "Husson & Josse 2013": "Husson F, Josse J. Handling missing values in multiple factor"
    " analysis. Food Qual Prefer 2013;30:77-85.",
    "Johnson 2007": "Johnson WE, Li C, Rabinovic A. Adjusting batch effects in microarray"
    " expression data using empirical Bayes methods. Biostatistics 2007;8:118-127.",
    "Huber 2002": "Huber W, von Heydebreck A, Sültmann H, Poustka A, Vingron M. Variance"
    " stabilization applied to microarray data calibration and to the quantification of"
    " differential expression. Bioinformatics 2002;18 Suppl 1:S96-S104.",
    "Gagnon-Bartlett & Speed 2012": "Gagnon-Bartlett JA, Speed TP. Using control genes to correct"
    " for unwanted variation in microarray data. Biostatistics 2012;13:539-552.",
    "Giesbrecht & Burns 1985": "Giesbrecht FG, Burns JC. Two-stage analysis based on a mixed model:"
    " large-sample asymptotic theory and small-sample simulation results. Biometrics"
    " 1985;41:477-486.",
    "Laird & Ware 1982": "Laird NM, Ware JH. Random-effects models for longitudinal data."
    " Biometrics 1982;38:963-974.",
    "Law 2014": "Law CW, Chen Y, Shi W, Smyth GK. voom: precision weights unlock linear model"
    " analysis tools for RNA-seq read counts. Genome Biol 2014;15:R29.",
    "Love 2014": "Love MI, Huber W, Anders S. Moderated estimation of fold change and dispersion"
    " for RNA-seq data with DESeq2. Genome Biol 2014;15:550.",
    "McInnes 2018": "McInnes L, Healy J, Melville J. UMAP: uniform manifold approximation and"
    " projection for dimension reduction. arXiv:1802.03426, 2018.",
    "Lloyd 1982": "Lloyd SP. Least squares quantization in PCM. IEEE Trans Inf Theory"
    " 1982;28:129-137.",
    "Arthur & Vassilvitskii 2007": "Arthur D, Vassilvitskii S. k-means++: the advantages of careful"
    " seeding. Proc 18th ACM-SIAM Symp Discrete Algorithms 2007:1027-1035.",
    "Ng 2002": "Ng AY, Jordan MI, Weiss Y. On spectral clustering: analysis and an algorithm. Adv"
    " Neural Inf Process Syst 2002;14:849-856.",
    "Zelnik-Manor & Perona 2004": "Zelnik-Manor L, Perona P. Self-tuning spectral clustering. Adv"
    " Neural Inf Process Syst 2004;17:1601-1608.",
    "Fraley & Raftery 2007": "Fraley C, Raftery AE. Bayesian regularization for normal mixture"
    " estimation and model-based clustering. J Classif 2007;24:155-181.",
    "Monti 2003": "Monti S, Tamayo P, Mesirov J, Golub T. Consensus clustering: a"
    " resampling-based method for class discovery and visualization of gene expression microarray"
    " data. Mach Learn 2003;52:91-118.",
    "Mölder 2021": "Mölder F, Jablonski KP, Letcher B, et al. Sustainable data analysis with"
    " Snakemake. F1000Research 2021;10:33.",
    "Muzellec 2023": "Muzellec B, Teleńczuk M, Cabeli V, Andreux M. PyDESeq2: a python package for"
    " bulk RNA-seq differential expression analysis. Bioinformatics 2023;39:btad547.",
    "Pedregosa 2011": "Pedregosa F, Varoquaux G, Gramfort A, et al. Scikit-learn: machine learning"
    " in Python. J Mach Learn Res 2011;12:2825-2830.",
    "Rappoport & Shamir 2019": "Rappoport N, Shamir R. NEMO: cancer subtyping by integration of"
    " partial multi-omic data. Bioinformatics 2019;35:3348-3356.",
    "Robinson & Oshlack 2010": "Robinson MD, Oshlack A. A scaling normalization method for"
    " differential expression analysis of RNA-seq data. Genome Biol 2010;11:R25.",
    "Röver 2015": "Röver C, Knapp G, Friede T. Hartung-Knapp-Sidik-Jonkman approach and its"
    " modification for random-effects meta-analysis with few studies. BMC Med Res Methodol"
    " 2015;15:99.",
    "Șenbabaoğlu 2014": "Șenbabaoğlu Y, Michailidis G, Li JZ. Critical limitations of consensus"
    " clustering in class discovery. Sci Rep 2014;4:6207.",
    "Fisher 1932": "Fisher RA. Statistical methods for research workers, 4th ed. Oliver & Boyd,"
    " 1932.",
    "Holm 1979": "Holm S. A simple sequentially rejective multiple test procedure. Scand J Stat"
    " 1979;6:65-70.",
    "Leek & Storey 2007": "Leek JT, Storey JD. Capturing heterogeneity in gene expression"
    " studies by surrogate variable analysis. PLoS Genet 2007;3:e161.",
    "McCarthy & Smyth 2009": "McCarthy DJ, Smyth GK. Testing significance relative to a fold-"
    " change threshold is a TREAT. Bioinformatics 2009;25:765-771.",
    "Phipson 2016": "Phipson B, Lee S, Majewski IJ, Alexander WS, Smyth GK. Robust hyperparameter"
    " estimation protects against hypervariable genes and improves power to detect"
    " differential expression. Ann Appl Stat 2016;10:946-963.",
    "Ritchie 2006": "Ritchie ME, Diyagama D, Neilson J, et al. Empirical array quality weights"
    " in the analysis of microarray data. BMC Bioinformatics 2006;7:261.",
    "Smyth 2005": "Smyth GK, Michaud J, Scott HS. Use of within-array replicate spots for assessing"
    " differential expression in microarray experiments. Bioinformatics"
    " 2005;21:2067-2075.",
    "Smyth 2004": "Smyth GK. Linear models and empirical Bayes methods for assessing differential"
    " expression in microarray experiments. Stat Appl Genet Mol Biol 2004;3:3.",
    "Tibshirani & Walther 2005": "Tibshirani R, Walther G. Cluster validation by prediction"
    " strength. J Comput Graph Stat 2005;14:511-528.",
    "Tibshirani 2001": "Tibshirani R, Walther G, Hastie T. Estimating the number of clusters in a"
    " data set via the gap statistic. J R Stat Soc B 2001;63:411-423.",
    "Tipping & Bishop 1999": "Tipping ME, Bishop CM. Probabilistic principal component analysis."
    " J R Stat Soc B 1999;61:611-622.",
    "Traag 2019": "Traag VA, Waltman L, van Eck NJ. From Louvain to Leiden: guaranteeing"
    " well-connected communities. Sci Rep 2019;9:5233.",
    "Viechtbauer 2005": "Viechtbauer W. Bias and efficiency of meta-analytic variance estimators in"
    " the random-effects model. J Educ Behav Stat 2005;30:261-293.",
    "Tobin 1958": "Tobin J. Estimation of relationships for limited dependent variables."
    " Econometrica 1958;26:24-36.",
    "Wang 2014": "Wang B, Mezlini AM, Demir F, Fiume M, Tu Z, Brudno M, et al. Similarity network"
    " fusion for aggregating data types on a genomic scale. Nat Methods 2014;11:333-337.",
    "Wilson 1927": "Wilson EB. Probable inference, the law of succession, and statistical"
    " inference. J Am Stat Assoc 1927;22:209-212.",
    "Wolf 2018": "Wolf FA, Angerer P, Theis FJ. SCANPY: large-scale single-cell gene expression"
    " data analysis. Genome Biol 2018;19:15.",
    "Zou & Hastie 2005": "Zou H, Hastie T. Regularization and variable selection via the elastic"
    " net. J R Stat Soc B 2005;67:301-320.",
}


def cited_in(text: str) -> list[str]:
    """References whose citing words stand in the text, in alphabetical order."""
    found = [words for words in REFERENCES if words in text]
    return [REFERENCES[words] for words in sorted(found, key=str.casefold)]
